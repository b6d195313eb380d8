import { expect, test } from "vitest";
import { axe, calls, screenshot } from "../harness";
import { button, carriedOut, plan, toPlan } from "./wizard";

test("100,000 rows: under 100 elements, every key and the search reach them", async () => {
  const page = await toPlan("synthetic");
  const grid = plan(page);
  await grid.getByText("warehouse.table_0", { exact: true }).waitFor();
  expect(await grid.getAttribute("aria-rowcount")).toBe("100002");
  await grid.locator("[data-index='0']").focus();
  await page.keyboard.press("End");
  await grid.getByText("legacy.table_39999").waitFor();
  expect(await grid.getByRole("row").count()).toBeLessThan(100);
  await page.keyboard.press("Space");
  await button(page, "Apply 60,001 changes to Production, 1 losing access…").waitFor();
  await page.keyboard.press("Home");
  await page.keyboard.press("Space");
  await button(page, "Apply 1 change to Production, 1 losing access…").waitFor();
  await page.keyboard.press("Space");
  await page.getByLabel("Find a resource").fill("table_39999");
  await expect.poll(() => grid.getAttribute("aria-rowcount")).toBe("4");
  const ticked = grid.getByRole("checkbox", { name: "legacy.table_39999" });
  expect(await ticked.isChecked()).toBe(true);
  await screenshot(page, "promote-large");
  await page.getByLabel("Find a resource").fill("nothing like it");
  await page.getByText("No row has that in its name, its type or its words.").waitFor();
  await page.getByLabel("Find a resource").press("Escape");
  await expect.poll(() => grid.getAttribute("aria-rowcount")).toBe("100002");
});

test("100,000 rows, planned and carried out: axe finds nothing", async () => {
  const page = await toPlan("synthetic");
  await plan(page).getByText("warehouse.table_0", { exact: true }).waitFor();
  expect(await axe(page)).toEqual([]);
  await plan(page).evaluate((grid) => (grid.scrollTop = grid.scrollHeight / 2));
  const shown = () => plan(page).locator("[data-index]").evaluateAll((rows) => rows.map((row) => Number(row.getAttribute("data-index"))));
  await expect.poll(async () => Math.max(...(await shown()))).toBeGreaterThan(49_000);
  expect(await axe(page)).toEqual([]);
  await button(page, "Apply 60,000 changes to Production…").click();
  await page.getByLabel("Type Production to confirm").fill("Production");
  await page.getByLabel("Why?").fill("ticket 4312: invoices for sales");
  await button(page, "Apply 60,000 changes to Production").click();
  const grid = carriedOut(page);
  await grid.getByText("warehouse.table_0", { exact: true }).waitFor();
  expect(await grid.getAttribute("aria-rowcount")).toBe("60001");
  expect(await grid.getByRole("row").count()).toBeLessThan(100);
  expect(await axe(page)).toEqual([]);
  await page.getByLabel("Find a resource").fill("table_59999");
  await expect.poll(() => grid.getAttribute("aria-rowcount")).toBe("2");
  await screenshot(page, "result-large");
});

test("rows come in pieces as they come into sight", async () => {
  const page = await toPlan("promote-large", { to: "Staging" });
  const grid = plan(page);
  await grid.getByText("table_0000").waitFor();
  const pieces = async () => (await calls(page)).filter(({ command }) => command === "plan_rows").length;
  expect(await pieces()).toBe(1);
  await grid.locator("[data-index='0']").focus();
  await page.keyboard.press("End");
  await grid.getByText("Same on both sides").waitFor();
  await grid.getByText("table_0599").waitFor();
  // The last two; the one that was jumped over was never asked for.
  expect(await pieces()).toBe(3);
});

test("a group is folded and ticked by keys, and why something cannot be changed is told", async () => {
  const page = await toPlan("promote-every-group");
  const grid = plan(page);
  await grid.getByText("sales.invoices").waitFor();
  await grid.locator("[data-index='0']").focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => grid.getByText("sales.invoices").count()).toBe(0);
  await page.keyboard.press("Enter");
  await grid.getByText("sales.invoices").waitFor();
  await button(page, "Why Name cannot be changed").click();
  await page.getByText("Why the server cannot change this").waitFor();
});
