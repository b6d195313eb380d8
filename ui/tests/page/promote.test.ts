import { describe, expect, test } from "vitest";
import { axe, calls, overflowsSideways, screenshot, sizes } from "../harness";
import { button, carriedOut, passCheck, plan, toPlan, wizard } from "./wizard";

describe("promoting", () => {
  test("every step stands up to axe, and the plan says what will happen", async () => {
    const page = await wizard("promote-every-group");
    expect(await button(page, "Continue to Check").isDisabled()).toBe(true);
    await page.getByText("Choose an environment and an agent.").waitFor();
    await page.getByRole("radio", { name: /Development/ }).check();
    await page.getByRole("option", { name: "my-agent", exact: true }).click();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "promote-1-from");
    await button(page, "Continue to Check").click();
    await page.getByRole("radio", { name: /^Staging/, checked: true }).waitFor();
    await button(page, /Step 2 of 6: Check/).click();
    await page.getByText("Nothing stands in the way").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "promote-2-check");
    await button(page, "Continue to Target").click();
    await page.getByRole("radio", { name: /^Production/ }).check();
    expect(await page.getByRole("radio", { name: /^Development/ }).count()).toBe(0);
    await page.getByText("Staging comes before Production, and is passed over.").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "promote-3-to");
    await button(page, "Continue to Plan").click();
    await plan(page).getByText("sales.invoices").waitFor();
    await page.getByText("There is no command for just this selection.").waitFor();
    expect(await page.locator("h1").textContent()).toBe("Promote my-agent to Production");
    await page.getByText("2 resources would lose access. They stay as they are until you tick them.").waitFor();
    await page.getByText("Plan made 2 minutes ago · refused if Production changes meanwhile").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "promote-4-plan");
    await button(page, "Apply 5 changes to Production…").click();
    await page.getByText("Production is protected").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "promote-5-apply");
    await page.getByLabel("Type Production to confirm").fill("Production");
    await page.getByLabel("Why?").fill("Release 4.2");
    await button(page, "Apply 5 changes to Production").click();
    await page.getByRole("heading", { name: "5 changes to my-agent were made and verified." }).waitFor();
    await carriedOut(page).getByText("sales.invoices").waitFor();
    expect(await carriedOut(page).getByText("Applied", { exact: true }).count()).toBe(5);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "promote-6-result");
    await page.setViewportSize(sizes.small);
    expect(await overflowsSideways(page)).toBe(false);
    await screenshot(page, "promote-6-result");
  });
});

test("a small window and text at 200 % keep every step in reach", async () => {
  const small = await toPlan("promote-every-group", { size: sizes.small });
  await plan(small).getByText("sales.invoices").waitFor();
  expect(await overflowsSideways(small)).toBe(false);
  await screenshot(small, "promote-4-plan");
  const large = await toPlan("promote-every-group", { size: sizes.small, textScale: 2 });
  await plan(large).getByText("sales.invoices").waitFor();
  expect(await overflowsSideways(large)).toBe(false);
  expect(await axe(large)).toEqual([]);
  await screenshot(large, "promote-4-plan-200");
  await button(large, "Apply 5 changes to Production…").click();
  expect(await overflowsSideways(large)).toBe(false);
  await screenshot(large, "promote-5-apply-200");
});

test("the plan is copied as text", async () => {
  const page = await toPlan("promote");
  await plan(page).getByText("sales.invoices").waitFor();
  await button(page, "Copy as text").click();
  const copied = async () => (await calls(page)).findLast(({ command }) => command === "text_copy")?.request as { text: string } | undefined;
  await expect.poll(async () => (await copied())?.text).toContain("Plan for my-agent in Production");
  const text = (await copied())?.text;
  expect(text).toContain("Gains access (");
  expect(text).toContain("sales.invoices");
  await plan(page).getByRole("checkbox", { name: "sales.invoices" }).uncheck();
  await button(page, "Copy as text").click();
  await expect.poll(async () => (await calls(page)).filter(({ command }) => command === "plan_text").map(({ request }) => (request as { ticks: { except: string[] } }).ticks.except))
    .toContainEqual(["gain:sales.invoices"]);
});

test("the whole way by keyboard alone", async () => {
  const page = await wizard("promote");
  await page.keyboard.press("Tab");
  const radio = page.getByRole("radio", { name: /Development/ });
  while (!(await radio.evaluate((element) => element === document.activeElement))) await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.getByRole("option", { name: "my-agent", exact: true }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.type("my-");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("radio", { name: /^Production/ }).focus();
  await page.keyboard.press("Space");
  await button(page, "Continue to Plan").focus();
  await page.keyboard.press("Enter");
  await plan(page).locator("[data-index='0']").focus();
  await page.keyboard.press("ArrowDown");
  await button(page, "Apply 5 changes to Production…").focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Type Production to confirm").focus();
  await page.keyboard.type("Production");
  await page.getByLabel("Why?").focus();
  await page.keyboard.type("ticket 4312: invoices for sales");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "5 changes to my-agent were made and verified." }).waitFor();
  const applied = (await calls(page)).filter(({ command }) => command === "plan_apply");
  expect(applied).toHaveLength(1);
});

test("a protected environment wants its own name, exactly, and pasting is fine", async () => {
  const page = await toPlan("promote");
  await button(page, "Apply 5 changes to Production…").click();
  const field = page.getByLabel("Type Production to confirm");
  const apply = button(page, "Apply 5 changes to Production");
  await field.fill("production");
  await page.getByText("That is not Production yet.").waitFor();
  expect(await apply.isDisabled()).toBe(true);
  await field.press("Enter");
  expect((await calls(page)).some(({ command }) => command === "plan_apply")).toBe(false);
  await field.fill("");
  await page.evaluate(() => navigator.clipboard.writeText("Production"));
  await field.press("Control+v");
  expect(await apply.isEnabled()).toBe(true);
});

test("going back loses nothing, and the plan is made again only for another choice", async () => {
  const page = await toPlan("promote");
  await plan(page).getByText("sales.invoices").waitFor();
  await button(page, /Step 1 of 6: Source/).click();
  expect(await page.getByRole("option", { name: "my-agent", exact: true }).getAttribute("aria-selected")).toBe("true");
  await button(page, /^History/).click();
  await page.locator("h1", { hasText: "History" }).waitFor();
  await button(page, "Promote").first().click();
  await page.getByRole("radio", { name: /Development/, checked: true }).waitFor();
  await button(page, "Continue to Check").click();
  await passCheck(page);
  await button(page, "Continue to Plan").click();
  await plan(page).getByText("sales.invoices").waitFor();
  const made = (await calls(page)).filter(({ command }) => command === "plan_promote");
  expect(made).toHaveLength(1);
});

test("the half-filled wizard is kept, and never with a secret", async () => {
  const page = await toPlan("promote-register", { agent: "churn-forecast", to: "Staging" });
  await button(page, "Link it…").click();
  await page.getByLabel("Connection string").fill("typed-secret");
  await expect.poll(async () => (await calls(page)).filter(({ command }) => command === "draft_save").length).toBeGreaterThan(0);
  await button(page, /^Overview/).click();
  await page.getByTitle("half-filled: promoting churn-forecast").waitFor();
  const drafts = (await calls(page)).filter(({ command }) => command === "draft_save");
  expect(drafts.at(-1)?.request).toMatchObject({ draft: { source: { kind: "environment", agent: "churn-forecast" }, step: "plan" } });
  expect(JSON.stringify(drafts)).not.toContain("secret");
});

describe("a new agent", () => {
  test("its database is tested and linked, its key made and copied", async () => {
    const page = await toPlan("promote-register", { agent: "churn-forecast", to: "Staging" });
    await button(page, "Link it…").click();
    const field = page.getByLabel("Connection string");
    await field.fill("wrong-secret");
    await button(page, "Link with this plan").click();
    await page.getByText("Staging cannot reach the database with this connection string.").first().waitFor();
    expect(await field.inputValue()).toBe("");
    await screenshot(page, "promote-register-link");
    expect(await axe(page)).toEqual([]);
    await field.fill("typed-secret");
    await page.getByLabel("Remember it in the keychain").check();
    await button(page, "Link with this plan").click();
    await page.getByText("It is linked when the plan is applied.").waitFor();
    expect(await page.content()).not.toContain("typed-secret");
    await button(page, "Apply 6 changes to Staging…").click();
    expect(await page.getByLabel(/^Type/).count()).toBe(0);
    await button(page, "Apply 6 changes to Staging").click();
    await page.getByText("A new API key was made for the agent").waitFor();
    await button(page, "Copy the agent's API key").click();
    await page.getByText("The key of churn-forecast is on the clipboard for a minute.").first().waitFor();
    await button(page, "Promote on to Production").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "promote-register-result");
  });
});
