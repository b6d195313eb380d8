import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { axe, calls, open, overflowsSideways, screenshot, sizes, type OpenOptions, type Page } from "../harness";

const { calls: recorded } = JSON.parse(readFileSync(new URL("../recorded/settings.json", import.meta.url), "utf8")) as {
  calls: { command: string; answer?: unknown }[];
};
/** As many as the recording holds: the list grows with what aidb is made with. */
const licences = recorded.find(({ command }) => command === "licence_list")?.answer as { name: string; licence: string }[];

const now = "2026-11-20T09:02:30Z";

async function settings(options: OpenOptions = {}): Promise<Page> {
  const page = await open("settings", { now, ...options });
  await page.getByRole("navigation", { name: "Screens" }).getByRole("button", { name: "Settings" }).click();
  await page.locator("h1", { hasText: "Settings" }).waitFor();
  return page;
}

describe("settings", () => {
  test("show where the data lives, and axe finds nothing", async () => {
    const page = await settings();
    await page.getByText("/home/maria/.local/share/aidb").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "settings");
  });

  test("fit a small window, and text at 200 %", async () => {
    const page = await settings({ size: sizes.small, textScale: 2 });
    expect(await overflowsSideways(page)).toBe(false);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "settings-200");
  });
});

test("a theme holds at once and is stored, by keyboard", async () => {
  const page = await settings();
  await page.getByRole("radio", { name: "As the system" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset["theme"])).toBe("dark");
  expect((await calls(page)).at(-1)).toEqual({ command: "settings_save", request: { settings: { theme: "dark", parallel_requests: 10, zoom: 100 } } });
});

test("parallel requests are a number, and saved", async () => {
  const page = await settings();
  const field = page.getByLabel("Parallel requests");
  await field.fill("many");
  await page.keyboard.press("Enter");
  await page.getByText("Type a whole number from 1 to 32.").waitFor();
  expect(await field.inputValue()).toBe("ma");
  await field.fill("12");
  await page.keyboard.press("Enter");
  await page.getByText("Saved.").first().waitFor();
});

test("all backups are checked, and a damaged one is named", async () => {
  const page = await settings();
  await page.getByRole("button", { name: "Check all backups" }).click();
  await page.getByText("1 of 2 backups is damaged and cannot be restored.").first().waitFor();
  expect(await axe(page)).toEqual([]);
  await page.getByRole("button", { name: "my-agent · Production" }).scrollIntoViewIfNeeded();
  await screenshot(page, "settings-backups");
  await page.getByText(/^The backup bk-00000001 is damaged: its content does not match its hash\. .* Use another backup of the same agent/).waitFor();
});

test("the history is written to a file, and a file that cannot be written says so", async () => {
  const page = await settings();
  await page.getByRole("button", { name: "Export as CSV…" }).click();
  await page.getByText("entries were written to aidb-history.csv.").first().waitFor();
  await page.getByRole("button", { name: "Save a support bundle…" }).click();
  await page.getByText("/home/maria/gone/aidb-support.json could not be written").waitFor();
  await page.getByText("Create the folder first, or check the path.").waitFor();
});

test("the licences are listed when asked for, and searched", async () => {
  const page = await settings();
  await page.getByRole("button", { name: "Show the licences" }).click();
  await page.getByText(`${licences.length} packages`, { exact: true }).waitFor();
  expect(await page.getByRole("grid", { name: "Made with" }).getByRole("row").count()).toBeLessThan(40);
  await page.getByLabel("Search the licences").fill("tauri");
  const named = licences.filter(({ name, licence }) => `${name} ${licence}`.toLowerCase().includes("tauri"));
  expect(named.length).toBeGreaterThan(5);
  await page.getByText(`${named.length} packages`, { exact: true }).waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "settings-licences");
  await page.getByLabel("Search the licences").fill("nothing like it");
  await page.getByText("No package has that name or licence.").waitFor();
});
