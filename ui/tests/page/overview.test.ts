import { describe, expect, test } from "vitest";
import { axe, calls, open, overflowsSideways, screenshot, sizes, type OpenOptions, type Page } from "../harness";

/** Within a minute of what was recorded: nothing is asked for anew by itself. */
const now = "2026-11-20T09:00:50Z";
const table = (page: Page) => page.getByRole("grid", { name: "Agents and where they are" });

async function overview(options: OpenOptions = {}): Promise<Page> {
  const page = await open("overview", { now, ...options });
  await table(page).getByText("my-agent").waitFor();
  return page;
}

describe("the overview", () => {
  test("shows agents down and environments across", async () => {
    const page = await overview();
    await page.getByText(/^8 agents in 3 environments\. 6 differ from the stage before\. Checked (just now|\d+ seconds ago)\.$/).waitFor();
    const row = table(page).getByRole("row").filter({ hasText: "churn-forecast" });
    await page.getByText(/^Compared/u).waitFor();
    const texts = (await row.getByRole("gridcell").allInnerTexts()).map((text) => text.trim().replaceAll("\n", " "));
    expect(texts).toEqual(["Churn Forecast churn-forecast", "5 permissions", "Missing", "Missing", ""]);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "overview");
  });

  test("what is old is marked as old, and asked for anew without being told to", async () => {
    const page = await overview({ now: "2026-11-20T09:02:30Z" });
    await page.getByText(/^8 agents in 3 environments\. .*Checked 2 minutes ago, out of date\.$/u).waitFor();
    // Production does not answer the second time: what was known of it stays, in words that say so.
    await table(page).getByText("Was missing").first().waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "overview-old");
  });

  test("an environment's card tells its last change, and by whom", async () => {
    const page = await open("overview-changed", { now });
    const cards = page.getByRole("list", { name: "Environments" }).getByRole("listitem");
    const staging = cards.filter({ hasText: "Staging" }).last();
    await staging.getByText("Last change: Promoted my-agent from Development").waitFor();
    await staging.getByText(/by maria,\s2 hours ago/u).waitFor();
    expect(await cards.filter({ hasText: "Last change" }).count()).toBe(1);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "overview-changed");
  });

  test("fits a small window, and text at 200 %", async () => {
    const small = await overview({ size: sizes.small });
    expect(await overflowsSideways(small)).toBe(false);
    await screenshot(small, "overview");
    const large = await overview({ size: sizes.small, textScale: 2 });
    expect(await overflowsSideways(large)).toBe(false);
    expect(await axe(large)).toEqual([]);
    await screenshot(large, "overview-200");
  });

  test("the first start offers two ways to begin", async () => {
    const page = await open("first-start", { now });
    await page.getByRole("heading", { name: "Try it with sample environments" }).waitFor();
    expect(await page.getByRole("grid").count()).toBe(0);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "first-start");
    await page.setViewportSize(sizes.small);
    await screenshot(page, "first-start");
    await page.getByRole("button", { name: "Start the sample environments" }).click();
    await table(page).getByText("my-agent").waitFor();
    await page.getByText("The sample environments are ready.").first().waitFor();
  });

  test("what cannot be told says why", async () => {
    const page = await open("environments-states", { now });
    await table(page).getByText("my-agent").waitFor();
    await page.getByText(/^Compared/u).waitFor();
    const row = table(page).getByRole("row").filter({ hasText: "my-agent" });
    expect((await row.getByRole("gridcell").allInnerTexts()).map((text) => text.trim().replaceAll("\n", " "))).toEqual([
      "my-agent", "6 permissions", "Cannot tell: no key", "Not compared",
      "Cannot tell: unreachable", "Cannot tell: key refused", "Cannot tell: see above", "",
    ]);
    expect(await page.locator("b").count()).toBe(0);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "overview-states");
  });
});

test("the filter narrows, and says when nothing is left", async () => {
  const page = await overview();
  await page.getByLabel("Filter agents").fill("bot");
  await page.getByText("1 agent of 8").waitFor();
  await page.getByLabel("Filter agents").fill("nobody");
  await page.getByText("No agent has that in its id, name or information.").waitFor();
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await page.getByText("8 agents", { exact: true }).first().waitFor();
});

test("each cell says how the agent stands beside the stage before, and what differs can be had alone", async () => {
  const page = await overview();
  await page.getByText(/^Compared/u).waitFor();
  const cells = async (agent: string) => {
    const row = table(page).getByRole("row").filter({ hasText: agent });
    return (await row.getByRole("gridcell").allInnerTexts()).map((text) => text.trim().replaceAll("\n", " "));
  };
  expect(await cells("invoice-reader")).toEqual(["Invoice Reader invoice-reader", "4 permissions", "Same", "Same", ""]);
  expect(await cells("my-agent")).toEqual(["My Agent my-agent", "6 permissions", "3 differ", "3 differ", ""]);
  expect(await cells("faq-bot")).toEqual(["FAQ Bot faq-bot", "3 permissions", "1 differs", "Missing", ""]);
  await page.getByRole("navigation").getByText("6 differ").waitFor();
  const staging = page.getByRole("list", { name: "Environments", exact: true }).getByRole("listitem").nth(1);
  await staging.getByText("6 differ").waitFor();
  await staging.getByText("1 missing").waitFor();
  await page.getByLabel("Differences only").click();
  await page.getByText("7 agents of 8").waitFor();
  await table(page).getByText("invoice-reader").waitFor({ state: "detached" });
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "overview-differences");
  await page.getByLabel("Filter agents").fill("invoice");
  await page.getByText("No agent differs").waitFor();
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await page.getByText("8 agents", { exact: true }).first().waitFor();
});

test("asking again keeps what was known of an environment that does not answer", async () => {
  const page = await overview();
  await page.getByRole("button", { name: "Check again" }).click();
  const row = table(page).getByRole("row").filter({ hasText: "my-agent" });
  await row.getByText("Was present").waitFor();
  await page.getByText("Could not ask Production.").waitFor();
  await screenshot(page, "overview-stale");
  await page.getByRole("list", { name: "Environments", exact: true }).getByText("The connection was cut before the answer was complete").waitFor();
});

test("by keyboard: arrows reach a row and its menu, and a promotion begins", async () => {
  const page = await overview();
  await page.getByLabel("Filter agents").focus();
  await page.getByText(/^Compared/u).waitFor();
  for (let step = 0; step < 4; step += 1) await page.keyboard.press("Tab");
  for (let step = 0; step < 4; step += 1) await page.keyboard.press("ArrowDown");
  for (let step = 0; step < 5; step += 1) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  const menu = page.getByRole("menu");
  await menu.waitFor();
  expect(await menu.getByRole("menuitem").allInnerTexts()).toEqual([
    "Promote from Development…", "Compare Development with Staging", "Export from Development…", "Back up in Development…", "History",
    "Same agent under another id…",
  ]);
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "overview-menu");
  await page.keyboard.press("Enter");
  await page.locator("h1", { hasText: "Promote my-agent to Staging" }).waitFor();
  await page.getByRole("grid", { name: "What would change" }).getByText("sales.invoices").waitFor();
  await expect.poll(() => calls(page)).toContainEqual({ command: "agent_check", request: { environment: "01930000-0000-7000-8000-000000000001", agent: "my-agent" } });
});

test("an agent is exported to a file, and backed up with a note", async () => {
  const page = await overview();
  const actions = page.getByRole("button", { name: "Actions for my-agent" });
  await actions.click();
  await page.getByRole("menuitem", { name: "Export from Development…" }).click();
  await page.getByText("my-agent of Development was exported.").first().waitFor();
  await actions.click();
  await page.getByRole("menuitem", { name: "Back up in Development…" }).click();
  await page.getByLabel("Note").fill("before the audit");
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "overview-backup");
  await page.keyboard.press("Enter");
  await page.getByText("my-agent in Development is backed up.").first().waitFor();
  expect((await calls(page)).findLast(({ command }) => command === "backup_take")).toEqual({ command: "backup_take", request: { environment: "01930000-0000-7000-8000-000000000001", agent: "my-agent", note: "before the audit" } });
});

test("a row opens into its items over all stages, and Enter closes it again", async () => {
  const page = await open("overview-declared", { now });
  await page.getByText(/^Compared/u).waitFor();
  const row = table(page).getByRole("row").filter({ hasText: "my-agent" }).first();
  await row.focus();
  await page.keyboard.press("Enter");
  expect(await row.getByRole("button", { name: "my-agent, item by item" }).getAttribute("aria-expanded")).toBe("true");
  const item = table(page).getByRole("row").filter({ hasText: "sales.invoices" });
  await item.waitFor();
  await page.getByRole("button", { name: /the same, show$/u }).click();
  await table(page).getByRole("row").filter({ hasText: /^Type/u }).waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "overview-open");
  await page.setViewportSize(sizes.small);
  await screenshot(page, "overview-open");
  await row.focus();
  await page.keyboard.press("Enter");
  await item.waitFor({ state: "detached" });
});

test("differences are accepted with a reason and an end, and stand apart from then on", async () => {
  const page = await open("overview-declared", { now });
  await page.getByText(/^Compared/u).waitFor();
  await table(page).getByRole("button", { name: "faq-bot, item by item" }).click();
  await page.getByRole("button", { name: "Accept differences…" }).click();
  const dialog = page.getByRole("dialog");
  const button = dialog.getByRole("button", { name: /^Accept/u });
  expect(await button.isDisabled()).toBe(true);
  await dialog.getByRole("checkbox").first().click();
  await dialog.getByLabel("Why it is on purpose").fill("Staging has no such table.");
  await dialog.getByLabel("Until").fill("2099-12-30");
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "overview-accept");
  await button.click();
  await page.getByText("1 difference of faq-bot in Staging is on purpose.").first().waitFor();
  await table(page).getByText("until 30 Dec 2099").waitFor();
  const cell = table(page).getByRole("row").filter({ hasText: "FAQ Bot" }).getByRole("gridcell").nth(2);
  await cell.getByText("Same, 1 accepted").waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "overview-accepted");
});

test("agents under two ids are suggested to be one, and become one row when somebody says so", async () => {
  const page = await open("overview-declared", { now });
  await page.getByText("dev-helper in Development and prod-helper in Production: perhaps one agent under different ids?").waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "overview-suggested");
  await page.getByLabel("Filter agents").fill("owner:anna");
  await page.getByText("2 agents of 10").waitFor();
  const before = (await calls(page)).filter(({ command }) => command === "overview_read").length;
  await page.getByRole("button", { name: "They are one agent" }).click();
  await expect.poll(async () => (await calls(page)).filter(({ command }) => command === "overview_read").length).toBe(before + 1);
});

test("what was compared before this start stands there until it is compared anew", async () => {
  const page = await open("overview-last", { now: "2026-11-20T12:00:10Z", pending: ["agent_list", "environment_check", "overview_read"] });
  await table(page).getByText("my-agent").waitFor();
  await page.getByText(/^As compared 3 hours ago/u).waitFor();
  const row = table(page).getByRole("row").filter({ hasText: "my-agent" });
  await row.getByText("3 differ").first().waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "overview-last");
});
