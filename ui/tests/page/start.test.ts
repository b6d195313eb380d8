import { expect, test } from "vitest";
import { axe, calls, emit, open, screenshot, type Page } from "../harness";
import { passCheck } from "./wizard";

const now = "2026-11-20T09:02:30Z";
const started = (scenario: string): Promise<Page> => open(scenario, { now });

const palette = (page: Page) => page.getByRole("combobox", { name: "Type a name or a command" });

test("the frame tells how each environment is once it has been asked", async () => {
  const page = await started("environments-states");
  const pills = page.getByRole("list", { name: "Environments, in stage order" }).getByRole("button");
  await expect.poll(() => pills.allInnerTexts()).toEqual([
    expect.stringMatching(/Development.*Reachable/s),
    expect.stringMatching(/Staging.*No key/s),
    expect.stringMatching(/Reachable/s),
    expect.stringMatching(/Launch.*Unreachable/s),
    expect.stringMatching(/Key refused/s),
    expect.stringMatching(/Broken key.*/s),
  ]);
});

test("a store that cannot be read is told rather than first steps, and read again when it is mended", async () => {
  const page = await open("start-fails", { now });
  const main = page.getByRole("main");
  const trouble = main.getByText("Environments, backups and history: The store /home/maria/.local/share/aidb/aidb.db cannot be opened for writing.");
  await trouble.waitFor();
  const notice = main.getByRole("alert");
  await notice.getByText("Look at who owns that folder and its files, or choose another data folder.").waitFor();
  expect(await page.getByRole("heading", { name: "Add your first environment" }).count()).toBe(0);
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "start-fails");
  await notice.getByRole("button", { name: "Try again" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Add your first environment" }).waitFor();
  await trouble.waitFor({ state: "detached" });
  expect(await notice.count()).toBe(0);
});

test("what could not be read is told, and a half-filled wizard is offered or forgotten", async () => {
  const troubled = await started("start-troubles");
  await troubled.getByText("What the window remembers").first().waitFor();
  expect(await axe(troubled)).toEqual([]);
  await screenshot(troubled, "start-troubles");
  const page = await started("start-draft");
  const banner = page.getByText("You were in the middle of promoting my-agent.");
  await banner.waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "start-draft");
  await page.getByRole("button", { name: "Discard" }).click();
  await banner.waitFor({ state: "detached" });
  expect((await calls(page)).at(-1)).toEqual({ command: "draft_save", request: { draft: null } });
});

test("a half-filled wizard whose target is gone says so, asks for another one, and keeps the rest", async () => {
  const page = await open("start-draft-target-gone", { now });
  await page.getByText("You were in the middle of promoting my-agent. The environment that it was to go to is gone; the rest is kept.").waitFor();
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.getByText("The environment that it was to go to is gone. Choose another one; everything else is as you left it.").waitFor();
  expect(await page.locator("h1").textContent()).toBe("Promote my-agent");
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "draft-target-gone");
  await page.getByRole("radio", { name: /^Staging/ }).check();
  await page.getByRole("button", { name: "Continue to Plan" }).click();
  await page.getByRole("button", { name: /^Apply 3 changes to Staging/ }).click();
  expect(await page.getByLabel("Why?").inputValue()).toBe("ticket 4312");
});

test("a half-filled wizard whose source is gone begins at From, with the agent and the target as they were", async () => {
  const page = await started("start-draft-source-gone");
  await page.getByText("The environment that it was to come from is gone; the rest is kept.").waitFor();
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.getByText("The environment that it was to come from is gone. Choose another one").waitFor();
  await page.getByRole("radio", { name: /^Staging/ }).check();
  await page.getByRole("option", { name: "my-agent", exact: true, selected: true }).waitFor();
  expect(await page.getByText("The environment that it was to come from is gone. Choose another one").count()).toBe(0);
  await page.getByRole("button", { name: "Continue to Check" }).click();
  await passCheck(page);
  await page.getByRole("radio", { name: /^Production/, checked: true }).waitFor();
});

test("a file over the window shows where it goes, and opens the import", async () => {
  const page = await started("sandbox");
  await emit(page, "file_hovering", { over: true });
  await page.getByText("Drop the configuration file anywhere").waitFor();
  await screenshot(page, "drop");
  await emit(page, "file_hovering", { over: false });
  await page.getByText("Drop the configuration file anywhere").waitFor({ state: "detached" });
  await emit(page, "file_opened", { file: { ticket: "file-1", path: "/home/maria/my-agent.json" } });
  await expect.poll(() => calls(page)).toContainEqual({ command: "file_check", request: { file: { kind: "chosen", ticket: "file-1" } } });
});

test("closing while something runs asks, and keeps it running unless told otherwise", async () => {
  const page = await started("start-close");
  await page.keyboard.press("Control+k");
  await palette(page).waitFor();
  await emit(page, "close_asked", { running: ["Promoting my-agent to Staging"] });
  const dialog = page.getByRole("dialog", { name: "Promoting my-agent to Staging is still running" });
  await dialog.waitFor();
  expect(await palette(page).count()).toBe(0);
  await dialog.getByRole("button", { name: "Keep running" }).waitFor();
  await expect.poll(() => dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "close");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  expect((await calls(page)).some(({ command }) => command === "window_close")).toBe(false);
  await emit(page, "close_asked", { running: ["Promoting my-agent to Staging"] });
  await dialog.getByRole("button", { name: "Stop, put back and close" }).click();
  await dialog.getByText("The window closes when that is done.").waitFor();
});

test("the palette opens an environment, promotes an agent and changes the theme", async () => {
  const page = await started("settings");
  await page.getByRole("grid").getByText("my-agent").waitFor();
  await page.keyboard.press("Control+k");
  await palette(page).fill("dark");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset["theme"])).toBe("dark");
  await page.keyboard.press("Control+k");
  await palette(page).fill("open production");
  await page.keyboard.press("Enter");
  await page.locator("h1", { hasText: "Production" }).waitFor();
  await page.keyboard.press("Control+k");
  await palette(page).fill("faq");
  expect(await page.getByRole("option").first().innerText()).toContain("Promote faq-bot from Development");
});

test("what was interrupted is told with what became of it, and leads to its record", async () => {
  const page = await open("recovery-recovered", { now });
  const banner = page.getByText("The promotion of my-agent to Staging by maria: The apply was interrupted, and the 2 changes that had been made were put back.");
  await banner.waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "recovery-recovered");
  await page.getByRole("button", { name: "Show it in the history" }).click();
  await page.locator("h1", { hasText: "History" }).waitFor();
  await page.getByRole("button", { name: "Understood" }).click();
  await banner.waitFor({ state: "detached" });
});

test("what cannot be settled yet waits with its reason, and with every way out", async () => {
  const page = await open("recovery-waiting", { now });
  const banner = page.getByText("It waits to be settled, and nothing else is applied to my-agent until then. The connection was cut before the answer was complete.");
  await banner.waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "recovery-waiting");
  await page.getByRole("button", { name: "Put it back now" }).click();
  await expect.poll(async () => (await calls(page)).at(-1)?.command).toBe("recovery_run");
  await banner.waitFor();
  await page.getByRole("button", { name: "Other ways…" }).click();
  const dialog = page.getByRole("dialog", { name: "How this is settled" });
  await dialog.waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "recovery-ways");
  await dialog.getByRole("button", { name: "Finish it" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("The promotion of my-agent to Staging by maria: 3 changes to my-agent were made and verified.").waitFor();
  await banner.waitFor({ state: "detached" });
});
