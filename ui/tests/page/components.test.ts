import { describe, expect, test } from "vitest";
import { axe, openGallery, screenshot, type Page } from "../harness";

const list = (page: Page) => page.getByRole("grid", { name: "Resources" });
const headCovers = (page: Page) =>
  page.evaluate(() => {
    const head = document.querySelector("[role=grid] .header")?.getBoundingClientRect().bottom ?? 0;
    return (document.activeElement?.getBoundingClientRect().top ?? 0) < head - 1;
  });
const focusedRow = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("aria-rowindex"));

describe("the gallery", () => {
  test("axe finds nothing", async () => {
    const page = await openGallery();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "gallery");
    await page.setViewportSize({ width: 1280, height: 2400 });
    await screenshot(page, "gallery");
  });

  test("axe finds nothing in the open dialog and the open menu", async () => {
    const page = await openGallery();
    await page.getByRole("button", { name: "Open the dialog" }).click();
    await page.getByRole("dialog").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "dialog");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menu").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "menu");
  });
});

test("a dialog keeps the focus inside, closes with Escape and gives the focus back", async () => {
  const page = await openGallery();
  const opener = page.getByRole("button", { name: "Open the dialog" });
  await opener.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  for (let stop = 0; stop < 8; stop += 1) {
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.closest("[role=dialog]") !== null)).toBe(true);
  }
  await page.keyboard.press("Control+k");
  expect(await page.getByRole("combobox").count()).toBe(1); // the gallery's own select, no palette on the dialog
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  await expect.poll(() => opener.evaluate((element) => element === document.activeElement)).toBe(true);
});

test("a box for several goes from some to all to none", async () => {
  const page = await openGallery();
  const all = page.getByRole("checkbox", { name: "All three" });
  const state = () => all.evaluate((box: HTMLInputElement) => (box.indeterminate ? "mixed" : box.checked));
  expect(await state()).toBe("mixed");
  await all.focus();
  await page.keyboard.press("Space");
  expect(await state()).toBe(true);
  await page.keyboard.press("Space");
  expect(await state()).toBe(false);
  await page.getByRole("checkbox", { name: "Item 2" }).check();
  expect(await state()).toBe("mixed");
});

test("a secret leaves its field with the first take", async () => {
  const page = await openGallery();
  const field = page.getByLabel("API key");
  await field.fill("canary-4711");
  await page.getByRole("button", { name: "Take the key" }).click();
  await page.getByText("11 characters taken").waitFor();
  expect(await field.inputValue()).toBe("");
  expect(await page.content()).not.toContain("canary");
});

test("a hostile identifier makes no element and shows what cannot be seen", async () => {
  const page = await openGallery();
  expect(await page.locator("bdi b").count()).toBe(0);
  await page.getByText("pay⟨U+202E⟩lld⟨U+0000⟩<b>bold</b>⟨U+200B⟩").waitFor();
});

test("permissions are told to a screen reader too", async () => {
  const page = await openGallery();
  const chips = page.getByRole("list").filter({ hasText: "delete" }).getByRole("listitem");
  expect((await chips.allTextContents()).map((text) => text.replace(/\s+/g, " ").trim())).toEqual([
    "keeps read", "loses −write", "gains +delete",
  ]);
});

test("100,000 rows are under 100 elements, and the keys reach every one of them", async () => {
  const page = await openGallery();
  const grid = list(page);
  expect(await grid.getAttribute("aria-rowcount")).toBe("100001");
  await grid.locator("[data-index='0']").focus();
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => focusedRow(page)).toBe("3");
  await page.keyboard.press("End");
  await expect.poll(() => focusedRow(page)).toBe("100001");
  expect(await grid.getByRole("row").count()).toBeLessThan(100);
  await page.keyboard.press("PageUp");
  await expect.poll(() => focusedRow(page).then(Number)).toBeLessThan(100_000);
  expect(await focusedRow(page).then(Number)).toBeGreaterThan(99_980);
  expect(await headCovers(page)).toBe(false);
  await grid.evaluate((element) => (element.scrollTop = 500 * 38));
  await grid.locator("[data-index='500']").waitFor();
  expect(await focusedRow(page).then(Number), "scrolling away does not lose the focus").toBeGreaterThan(99_980);
  await page.keyboard.press("Home");
  await expect.poll(() => focusedRow(page)).toBe("2");
  await page.keyboard.press("Space");
  await page.getByTestId("range").filter({ hasText: "1 ticked" }).waitFor();
  expect(await grid.locator("[data-index='0']").getAttribute("aria-selected")).toBe("true");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("sales.table_0");
});

test("a row that is not there yet holds its place", async () => {
  const page = await openGallery();
  const grid = list(page);
  await grid.evaluate((element) => (element.scrollTop = 90_010 * 38));
  const row = grid.locator("[data-index='90012']");
  await row.waitFor();
  expect(await row.getAttribute("aria-busy")).toBe("true");
  expect((await row.boundingBox())?.height).toBe(38);
  await page.getByTestId("range").filter({ hasText: /^900\d\d to 900\d\d/ }).waitFor();
});
