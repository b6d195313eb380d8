import { describe, expect, test } from "vitest";
import { axe, open, openGallery, overflowsSideways, screenshot, sizes } from "../harness";

describe("the frame", () => {
  test("shows the first screen, and axe finds nothing", async () => {
    const page = await open("empty");
    expect(await page.locator("h1").textContent()).toBe("Overview");
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "frame");
  });

  test("fits a small window, and text at 200 %", async () => {
    const small = await openGallery({ size: sizes.small });
    expect(await overflowsSideways(small)).toBe(false);
    await screenshot(small, "gallery");
    const large = await openGallery({ size: sizes.small, textScale: 2 });
    expect(await overflowsSideways(large)).toBe(false);
    expect(await axe(large)).toEqual([]);
    await screenshot(large, "gallery-200");
  });
});

test("a change of screen names the window, moves the focus to the heading, and Back returns", async () => {
  const page = await open("history-empty");
  await page.getByRole("button", { name: "History" }).click();
  await page.locator("h1", { hasText: "History" }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("History");
  expect(await page.title()).toBe("History · aidb");
  await page.goBack();
  await page.locator("h1", { hasText: "Overview" }).waitFor();
  expect(await page.title()).toBe("Overview · aidb");
});

test("without a choice the theme is the system's", async () => {
  const page = await openGallery({ theme: "light" });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(await ground()).toBe("rgb(244, 245, 247)");
  await page.evaluate(() => delete document.documentElement.dataset["theme"]);
  expect(await ground()).toBe("rgb(14, 17, 22)");
});

test("the first stop of the Tab key skips to the content", async () => {
  const page = await open("empty");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
});

test("the palette opens, finds, runs and closes by keyboard", async () => {
  const page = await open("history-empty");
  await page.keyboard.press("Control+k");
  const field = page.getByRole("combobox", { name: "Type a name or a command" });
  await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press("ArrowDown");
  expect(await page.getByRole("dialog").getByRole("option", { selected: true }).textContent()).toContain("Promote");
  await page.keyboard.type("hist");
  // The screen first, then what every agent has of the kind.
  expect(await page.getByRole("dialog").getByRole("option").count()).toBe(9);
  expect(await page.getByRole("dialog").getByRole("option", { selected: true }).textContent()).toContain("Screen");
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "palette");
  await page.keyboard.press("Enter");
  await page.locator("h1", { hasText: "History" }).waitFor();
  expect(await page.getByRole("dialog").count()).toBe(0);
});

test("an environment says its state in words", async () => {
  const page = await openGallery();
  const pills = page.getByRole("list", { name: "Environments, in stage order" }).getByRole("button");
  expect(await pills.allInnerTexts()).toEqual([
    expect.stringMatching(/Development.*Reachable/s),
    expect.stringMatching(/Staging.*No key/s),
    expect.stringMatching(/Acceptance.*Checking/s),
    expect.stringMatching(/Production.*protected.*Unreachable/s),
  ]);
});
