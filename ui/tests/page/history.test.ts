import { describe, expect, test } from "vitest";
import { axe, calls, open, overflowsSideways, screenshot, sizes, type OpenOptions, type Page } from "../harness";

const now = "2026-11-20T09:02:30Z";
const list = (page: Page) => page.getByRole("listbox", { name: "History" });
const option = (page: Page, name: string) => list(page).getByRole("option").filter({ hasText: name });
const panel = (page: Page) => page.getByRole("region", { name: /^Details/ });
const headline = (page: Page) => panel(page).getByRole("heading", { level: 2 });
/** What was changed stands there, row by row. */
const changed = (page: Page, resource: string) => panel(page).getByText(resource, { exact: true }).first().waitFor();
const unwritable = "cannot be opened for writing";
const asked = async (page: Page, command: string) => (await calls(page)).filter((call) => call.command === command).map((call) => call.request);
/** The different looks of the rows' icons. */
const looks = (page: Page) =>
  list(page).locator(".icon").evaluateAll((icons) =>
    [...new Set(icons.flatMap((icon) => ["good", "plain", "careful", "bad"].filter((tone) => icon.classList.contains(tone))))].sort(),
  );
const focusedText = (page: Page) => page.evaluate(() => (document.activeElement as HTMLElement | null)?.innerText ?? "");

async function history(options: OpenOptions = {}, scenario = "history"): Promise<Page> {
  const page = await open(scenario, { now, ...options });
  await page.getByRole("button", { name: "History", exact: true }).click();
  await page.locator("h1", { hasText: "History" }).waitFor();
  return page;
}

/** The long history: its first answer is an error, and so is that of its older entries. */
async function longHistory(): Promise<Page> {
  const page = await history({}, "history-long");
  await page.locator("#main").getByText(unwritable).waitFor();
  expect(await axe(page)).toEqual([]);
  await page.getByRole("button", { name: "Try again" }).click();
  await list(page).waitFor();
  return page;
}

async function opened(page: Page, title: string): Promise<void> {
  await option(page, title).click();
  await headline(page).filter({ hasText: title }).waitFor();
}

describe("the history", () => {
  test("shows entries by day beside the newest one, and axe finds nothing", async () => {
    const page = await history();
    await panel(page).getByText("Restoring would make 1 change in Production.").waitFor();
    await changed(page, "returns");
    expect(await list(page).getByRole("heading").or(list(page).locator("h2")).allTextContents()).toEqual([
      "Today", "Yesterday", "Monday 16 November", "Wednesday 31 December 2025",
    ]);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "history");
  });

  test("fits a small window, and text at 200 %", async () => {
    const small = await history({ size: sizes.small });
    await changed(small, "returns");
    expect(await overflowsSideways(small)).toBe(false);
    await screenshot(small, "history");
    const large = await history({ size: sizes.small, textScale: 2 });
    await list(large).waitFor();
    expect(await overflowsSideways(large)).toBe(false);
    expect(await axe(large)).toEqual([]);
    await screenshot(large, "history-200");
    await option(large, "Promoted my-agent").click();
    await changed(large, "returns");
    expect(await overflowsSideways(large)).toBe(false);
    expect(await axe(large)).toEqual([]);
    await screenshot(large, "history-entry-200");
  });

  test("every outcome has its own look and word", async () => {
    const page = await history();
    for (const [title, word] of [["Import of report-builder", "Put back"], ["Promotion of my-agent", "Needs attention"], ["Promoted my-agent", "Done"]] as const) {
      expect(await option(page, title).textContent()).toContain(word);
    }
    expect(await looks(page)).toEqual(["bad", "careful", "good", "plain"]);
    await opened(page, "Import of report-builder put back");
    await panel(page).getByText("Put back: The apply failed at orders, and nothing was changed.").waitFor();
    await panel(page).getByText("The API key may not do this at the server.").first().waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "history-put-back");
    await opened(page, "Recovery of my-agent: interrupted promotion needs attention");
    await panel(page).getByText("Left as it is by maria: what it had changed was not put back.").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "history-needs-attention");
    await opened(page, "Promoted churn-forecast");
    await panel(page).getByText("The agent did not exist then").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "history-absent");
    await opened(page, "Promoted faq-bot");
    await panel(page).getByText("its content does not match its hash").waitFor();
    expect(await panel(page).getByRole("button", { name: /^(Restore…|Compare|Export)/ }).count()).toBe(0);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "history-damaged");
  });

  test("failed and unfinished operations say so, and a key that is of no use any more is not offered", async () => {
    const page = await history({}, "history-ends");
    await panel(page).waitFor();
    for (const [title, word] of [["Promotion of my-agent failed", "Failed"], ["Promotion of my-agent under way", "Under way"]] as const) {
      expect(await option(page, title).textContent()).toContain(word);
    }
    expect(await looks(page)).toEqual(["bad", "good", "plain"]);
    await opened(page, "Promotion of my-agent under way");
    await panel(page).getByText("Under way: It has not ended yet.").waitFor();
    await changed(page, "sales.invoices");
    expect(await panel(page).locator(".outcome .state").count(), "nobody knows what became of a row").toBe(0);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "history-unfinished");
    await opened(page, "Promotion of my-agent failed");
    await panel(page).getByText("Failed: ").waitFor();
    await panel(page).getByText("No backup belongs to this entry: it changed nothing.").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "history-failed");
    await opened(page, "Promoted churn-forecast");
    await panel(page).getByText("churn-forecast was deleted in Staging since, and its key with it.").waitFor();
    expect(await panel(page).getByRole("button", { name: "Copy the agent's API key" }).count()).toBe(0);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "history-key-gone");
  });

  test("the key that an operation made is copied from its entry, and never shown", async () => {
    const page = await history();
    await opened(page, "Promoted churn-forecast");
    await panel(page).getByRole("button", { name: "Copy the agent's API key" }).click();
    await page.getByText("The key of churn-forecast is on the clipboard for a minute.").first().waitFor();
    const sent = await asked(page, "agent_key_copy");
    expect(sent).toEqual([{ environment: "01930000-0000-7000-8000-000000000002", agent: "churn-forecast" }]);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "history-key");
    await opened(page, "Promoted my-agent");
    await changed(page, "returns");
    expect(await panel(page).getByText("The agent's API key").count()).toBe(0);
  });

  test("nothing yet, nothing that matches, and no environment: each says what to do", async () => {
    const empty = await history({}, "history-empty");
    await empty.getByRole("heading", { name: "Nothing has happened yet" }).waitFor();
    expect(await axe(empty)).toEqual([]);
    await screenshot(empty, "history-empty");
    const page = await history();
    await page.getByLabel("Search the history").fill("no such words");
    await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "history-no-match");
    await page.locator(".columns").getByRole("button", { name: "Clear filters" }).click();
    await option(page, "Promoted my-agent").waitFor();
    expect(await page.getByLabel("Search the history").inputValue()).toBe("");
  });

  test("the filters and the dialogs: axe finds nothing", async () => {
    const page = await history();
    await changed(page, "returns");
    await page.getByRole("button", { name: "Agent: Any agent" }).click();
    await page.locator(".filter-list").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "history-filter");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Back up an agent…" }).click();
    await page.getByRole("dialog").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "history-back-up");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Restore from a file…" }).click();
    await page.getByRole("dialog").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "history-restore-file");
  });
});

test("by keyboard alone: move, open, go on to the panel, and back with Escape", async () => {
  const page = await history();
  await changed(page, "returns");
  await option(page, "Promoted my-agent").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  expect(await focusedText(page)).toContain("Backup of support-copilot");
  expect(await headline(page).textContent()).toBe("Promoted my-agent from Staging");
  await page.keyboard.press("Enter");
  await headline(page).filter({ hasText: "Backup of support-copilot" }).waitFor();
  expect(await option(page, "Backup of support-copilot").getAttribute("aria-selected")).toBe("true");
  await page.keyboard.press("End");
  expect(await focusedText(page)).toContain("Exported my-agent");
  await page.keyboard.press("Home");
  expect(await focusedText(page)).toContain("Promoted my-agent");
  await panel(page).getByRole("button", { name: "Restore…" }).focus();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("option");
});

test("a filter is chosen, shown, remembered over Back, and cleared", async () => {
  const page = await history();
  await page.getByRole("button", { name: "Environment: Any environment" }).click();
  await page.locator(".filter-item", { hasText: "Production" }).click();
  await page.getByRole("button", { name: "Environment: Production" }).waitFor();
  await expect.poll(() => list(page).getByRole("option").count()).toBe(4);
  await page.getByRole("button", { name: "Settings" }).click();
  await page.locator("h1", { hasText: "Settings" }).waitFor();
  await page.goBack();
  await page.getByRole("button", { name: "Environment: Production" }).waitFor();
  await page.getByRole("button", { name: "Clear: Production" }).click();
  await page.getByRole("button", { name: "Environment: Any environment" }).waitFor();
  // Asked for a second time, the engine had one more: the backup at the recording's end.
  await expect.poll(() => list(page).getByRole("option").count()).toBe(12);
});

test("searching waits for a pause, and finds", async () => {
  const page = await history();
  await option(page, "Promoted my-agent").waitFor();
  await page.getByLabel("Search the history").pressSequentially("4312", { delay: 20 });
  await expect.poll(() => list(page).getByRole("option").count()).toBe(1);
  const searches = (await asked(page, "history_list")).map((request) => (request as { search: string }).search);
  expect(searches).toEqual(["", "4312"]);
});

test("older entries are added below, and the focus goes on to the first of them", async () => {
  const page = await longHistory();
  await page.getByText("100 of 104 entries").waitFor();
  await page.getByRole("button", { name: "Show older" }).click();
  await list(page).locator("..").getByText(unwritable).waitFor();
  expect(await list(page).getByRole("option").count()).toBe(100);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect.poll(() => list(page).getByRole("option").count()).toBe(104);
  expect(await page.getByRole("button", { name: /Show older|Try again/ }).count()).toBe(0);
  await expect.poll(() => focusedText(page)).toMatch(/night 4\b/);
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-posinset"))).toBe("101");
});

test("restoring is off where nothing differs, and the page says so", async () => {
  const page = await history();
  await opened(page, "Import of report-builder put back");
  await panel(page).getByText("Nothing to restore.").waitFor();
  expect(await panel(page).getByRole("button", { name: "Restore…" }).isDisabled()).toBe(true);
  await opened(page, "Promoted my-agent");
  await panel(page).getByText("Restoring would make 1 change in Production.").waitFor();
  expect(await panel(page).getByRole("button", { name: "Restore…" }).isEnabled()).toBe(true);
});

test("a server that does not answer is said beside the backup, which stays usable", async () => {
  const page = await history();
  await opened(page, "Backup of support-copilot");
  await panel(page).getByText("The connection was cut before the answer was complete.").waitFor();
  expect(await panel(page).getByRole("button", { name: "Restore…" }).isEnabled()).toBe(true);
  await screenshot(page, "history-now-failed");
  await panel(page).getByRole("button", { name: "Check again" }).click();
  await panel(page).getByText("Staging is as it was then: there is nothing to restore.").waitFor();
  expect(await panel(page).getByText("The connection was cut").count()).toBe(0);
});

test("an entry that cannot be read can be tried again, the list stays", async () => {
  const page = await history();
  await opened(page, "Imported invoice-reader");
  await panel(page).getByText(unwritable).waitFor();
  await panel(page).getByRole("button", { name: "Try again" }).click();
  await panel(page).getByText("Restoring would make 1 change in Development.").waitFor();
  expect(await panel(page).getByText(unwritable).count()).toBe(0);
  expect(await list(page).getByRole("option").count()).toBe(11);
});

test("a list that cannot be read says so, and is read again", async () => {
  const page = await longHistory();
  await expect.poll(() => list(page).getByRole("option").count()).toBe(100);
  expect(await page.locator("#main").getByText(unwritable).count()).toBe(0);
  await panel(page).getByText("there is nothing to restore.").waitFor();
  await panel(page).getByRole("button", { name: "Show all 104" }).click();
  expect(await panel(page).getByRole("listitem").count()).toBe(104);
});

test("a name survives that it could not be stored, and another entry being opened", async () => {
  const page = await history();
  await opened(page, "Backup of support-copilot");
  await panel(page).getByRole("button", { name: "Edit name and note" }).click();
  const name = panel(page).getByLabel("Name");
  await expect.poll(() => name.evaluate((element) => element === document.activeElement)).toBe(true);
  await name.fill("Release 7b");
  await name.press("Enter");
  await panel(page).getByText(unwritable).waitFor();
  expect(await name.inputValue()).toBe("Release 7b");
  await screenshot(page, "history-edit");
  await opened(page, "Promoted my-agent");
  await opened(page, "Backup of support-copilot");
  expect(await name.inputValue()).toBe("Release 7b");
  await panel(page).getByRole("button", { name: "Save name and note" }).click();
  await panel(page).getByText("Release 7b", { exact: true }).waitFor();
  // The row and the headline are called what the backup is called, and are not read again for it.
  await option(page, "Backup of support-copilot: “Release 7b”").waitFor();
  expect(await headline(page).textContent()).toBe("Backup of support-copilot: “Release 7b”");
  expect(await asked(page, "history_list")).toHaveLength(1);
  expect(await name.count()).toBe(0);
});

test("what is said in passing lies over nothing, and goes away", async () => {
  const page = await history();
  await opened(page, "Backup of support-copilot");
  await panel(page).getByRole("button", { name: "Unpin" }).click();
  const said = page.getByRole("region", { name: "Notifications" });
  await said.waitFor();
  const [notice, screen] = await Promise.all([said.boundingBox(), page.locator("#main").boundingBox()]);
  if (notice === null || screen === null) throw new Error("both are on the page");
  expect(notice.y, "it begins where the screen with its rows ends").toBeGreaterThanOrEqual(screen.y + screen.height - 0.5);
  await said.waitFor({ state: "detached", timeout: 60_000 });
});

test("pinning says what it did, in the panel and in the row", async () => {
  const page = await history();
  await opened(page, "Backup of support-copilot");
  expect(await option(page, "Backup of support-copilot").innerText()).toContain("pinned");
  await panel(page).getByRole("button", { name: "Unpin" }).click();
  await panel(page).getByRole("button", { name: "Pin", exact: true }).waitFor();
  expect(await option(page, "Backup of support-copilot").innerText()).not.toContain("pinned");
});

test("exporting a backup, and the history, asks where and says what was written", async () => {
  const page = await history();
  await opened(page, "Backup of support-copilot");
  await panel(page).getByRole("button", { name: "Export…" }).click();
  await page.getByText("was written to support-copilot.json").first().waitFor();
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await page.getByRole("menuitem", { name: "As a table (CSV)…" }).click();
  await page.getByText("11 entries were written to aidb-history.csv.").first().waitFor();
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await page.getByRole("menuitem", { name: "As JSON…" }).click();
  await page.getByText("could not be written: its folder does not exist").waitFor();
});

test("the timeline names what happened where, and opens it", async () => {
  const page = await history();
  await panel(page).getByRole("heading", { name: "When this agent changed" }).waitFor();
  const items = panel(page).getByRole("listitem").getByRole("button");
  expect(await items.first().innerText()).toMatch(/Promoted my-agent from Staging[\s\S]*Production[\s\S]*this entry/);
  expect(await items.count()).toBe(4);
  expect(await items.nth(1).innerText()).toMatch(/Recovery of my-agent: interrupted promotion needs attention/);
  expect(await items.nth(2).innerText()).toMatch(/Promotion of my-agent interrupted[\s\S]*Needs attention[\s\S]*Production/);
  await items.nth(2).click();
  await headline(page).filter({ hasText: "Promotion of my-agent interrupted" }).waitFor();
  expect(await option(page, "Promotion of my-agent").getAttribute("aria-selected")).toBe("true");
});

test("backing up an agent keeps what was typed over an error, then shows the new backup", async () => {
  const page = await history();
  await page.getByRole("button", { name: "Back up an agent…" }).click();
  const dialog = page.getByRole("dialog");
  expect(await dialog.getByRole("button", { name: "Back up", exact: true }).isDisabled()).toBe(true);
  await dialog.getByLabel("Environment").selectOption({ label: "Staging" });
  await dialog.getByLabel("Agent").selectOption({ label: "my-agent" });
  await dialog.getByLabel(/^Note/).fill("before the audit");
  await dialog.getByRole("button", { name: "Back up my-agent" }).click();
  await dialog.getByText("The connection was cut before the answer was complete.").waitFor();
  expect(await dialog.getByLabel(/^Note/).inputValue()).toBe("before the audit");
  await dialog.getByRole("button", { name: "Back up my-agent" }).click();
  await headline(page).filter({ hasText: "Backup of my-agent" }).waitFor();
  expect(await page.getByRole("dialog").count()).toBe(0);
});

test("restoring from a file asks for one, and takes a picked one", async () => {
  const page = await history();
  await page.getByRole("button", { name: "Restore from a file…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Show what would change" }).click();
  await dialog.getByText("Choose a file, or type its path.").waitFor();
  await dialog.getByRole("button", { name: "Choose a file…" }).click();
  await expect.poll(() => dialog.getByLabel("File").inputValue()).toBe("/home/maria/from-support.json");
  expect(await dialog.getByText("Choose a file, or type its path.").count()).toBe(0);
});

test("what was changed in aidb itself is history too: which environment, what, by whom", async () => {
  const page = await history({}, "history-profiles");
  await headline(page).filter({ hasText: "Replaced the API key of Staging" }).waitFor();
  const changed = option(page, "Changed Staging");
  expect(await changed.innerText()).toMatch(/Environment[\s\S]*Protection: open → protected\. Days to keep backups: 90 → 30[\s\S]*maria/);
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "history-profiles");
});

test("what took access away is found by what broke, the largest loss first, and given back by itself", async () => {
  const page = await history();
  await page.getByRole("button", { name: "It broke…" }).click();
  const dialog = page.getByRole("dialog");
  const losses = dialog.getByRole("list", { name: "What was taken away" }).getByRole("listitem");
  await expect.poll(() => losses.count()).toBeGreaterThan(0);
  expect(await losses.first().innerText()).toMatch(/faq-bot[\s\S]*Staging[\s\S]*Restore\s+by li/);
  const lost = await losses.evaluateAll((rows) => rows.map((row) => row.querySelectorAll("li.lost").length));
  expect(lost).toEqual([...lost].sort((one, other) => other - one));
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "history-broke");
  await dialog.getByRole("searchbox").fill("no-such-thing");
  await dialog.getByRole("heading", { name: "Nothing took access away" }).waitFor();
  await dialog.getByRole("searchbox").fill("faq");
  await expect.poll(() => losses.count()).toBe(lost.length);
  const resource = (await losses.first().locator("bdi").first().innerText()).trim();
  await losses.first().getByRole("button", { name: "Give back just this…" }).click();
  await page.getByRole("button", { name: "Apply 1 change to Staging…" }).waitFor();
  const rows = page.getByRole("grid").getByRole("row");
  expect(await rows.filter({ has: page.getByRole("checkbox", { checked: true, name: resource }) }).count()).toBe(1);
  await screenshot(page, "history-give-back");
});

test("the filter for time takes days as people write them, and refuses what is none", async () => {
  const page = await history();
  await page.getByRole("button", { name: "When: Any time" }).click();
  const chooser = page.locator(".filter-list");
  await chooser.getByLabel("From").fill("the day after tomorrow");
  await chooser.getByRole("button", { name: "Show these days" }).click();
  await chooser.getByText("This is no day.").waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "history-when");
  expect(await asked(page, "history_list")).toHaveLength(1);
});
