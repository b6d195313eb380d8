import { describe, expect, test } from "vitest";
import { axe, calls, emit, open, overflowsSideways, screenshot, sizes, type OpenOptions, type Page } from "../harness";

const now = "2026-11-20T09:02:30Z";
const side = (page: Page, name: "Left" | "Right") => page.getByRole("region", { name: new RegExp(`^${name}`) });
const result = (page: Page) => page.getByRole("region", { name: "What differs" });

async function compare(options: OpenOptions = {}): Promise<Page> {
  const page = await open("compare", { now, ...options });
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  await page.locator("h1", { hasText: "Compare" }).waitFor();
  return page;
}

async function live(page: Page, name: "Left" | "Right", environment: string, agent?: string): Promise<void> {
  await side(page, name).getByLabel("Environment", { exact: true }).and(page.locator("select")).selectOption({ label: environment });
  if (agent !== undefined) await side(page, name).getByLabel("Agent").selectOption({ label: agent });
}

async function file(page: Page, name: "Left" | "Right", path: string): Promise<void> {
  await side(page, name).getByRole("radio", { name: "File" }).check();
  await side(page, name).getByLabel("Configuration file").fill(path);
  await page.keyboard.press("Enter");
}

async function differing(options: OpenOptions = {}): Promise<Page> {
  const page = await compare(options);
  await live(page, "Left", "Staging", "my-agent");
  await live(page, "Right", "Production");
  await result(page).getByText("returns").waitFor();
  return page;
}

describe("the comparison", () => {
  test("runs by itself, and shows item by item what differs", async () => {
    const page = await compare();
    await page.getByRole("heading", { name: "Choose two things to compare" }).waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "compare-empty");
    await live(page, "Left", "Staging", "my-agent");
    await live(page, "Right", "Production");
    await result(page).getByRole("heading", { name: "What would make Production like Staging" }).waitFor();
    await result(page).getByText("returns").waitFor();
    expect(await result(page).getByRole("listitem").filter({ hasText: "gain access" }).innerText()).toMatch(/^\d gains? access$/);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "compare");
  });

  test("shows both texts side by side under the strict policy, and axe finds nothing", async () => {
    const page = await differing();
    await page.getByRole("button", { name: "Show as text" }).click();
    const text = page.getByRole("textbox", { name: "Left: my-agent in Staging" });
    await text.waitFor();
    // The styles arrived: without them an editor is an unstyled heap.
    expect(await text.evaluate((element) => getComputedStyle(element).whiteSpace)).toBe("break-spaces");
    expect(await page.locator(".cm-changedLine").count()).toBeGreaterThan(3);
    await text.scrollIntoViewIfNeeded();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "compare-text");
    await page.getByRole("switch", { name: "Show unchanged lines" }).check();
    await page.getByText('"customers"').first().waitFor();
  });

  test("fits a small window, and text at 200 %", async () => {
    const small = await differing({ size: sizes.small });
    expect(await overflowsSideways(small)).toBe(false);
    await screenshot(small, "compare");
    const large = await differing({ size: sizes.small, textScale: 2 });
    expect(await overflowsSideways(large)).toBe(false);
    expect(await axe(large)).toEqual([]);
    await screenshot(large, "compare-200");
  });

  test("what cannot be used is said at its side", async () => {
    const page = await compare();
    await file(page, "Left", "/home/maria/broken.json");
    await side(page, "Left").getByText("This file has 2 errors and cannot be compared.").waitFor();
    await file(page, "Right", "/home/maria/gone.json");
    await side(page, "Right").getByText("Configuration file not found").waitFor();
    expect(await side(page, "Left").getByText("not found").count()).toBe(0);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "compare-side-errors");
  });
});

test("two sides that are the same are a good end", async () => {
  const page = await compare();
  await live(page, "Left", "Staging", "invoice-reader");
  await live(page, "Right", "Production");
  await result(page).getByRole("heading", { name: "Both sides say the same" }).waitFor();
  expect(await page.getByRole("button", { name: /^Make/ }).count()).toBe(0);
  await screenshot(page, "compare-same");
});

test("swapping compares the other way round, and Back finds what was chosen", async () => {
  const page = await differing();
  await page.getByRole("button", { name: "Swap left and right" }).click();
  await result(page).getByRole("heading", { name: "What would make Staging like Production" }).waitFor();
  await page.getByRole("button", { name: "Settings" }).click();
  await page.locator("h1", { hasText: "Settings" }).waitFor();
  await page.goBack();
  await result(page).getByRole("heading", { name: "What would make Staging like Production" }).waitFor();
});

test("an error keeps the choices, and trying again compares", async () => {
  const page = await compare();
  await live(page, "Right", "Production", "my-agent");
  await side(page, "Left").getByRole("radio", { name: "File" }).check();
  await side(page, "Left").getByRole("button", { name: "Choose a file…" }).click();
  await side(page, "Left").getByText(/my-agent, 2 resource permissions/).waitFor();
  await page.getByText("The connection was cut before the answer was complete.", { exact: true }).waitFor();
  expect(await side(page, "Left").getByLabel("Configuration file").inputValue()).toBe("/home/maria/my-agent.json");
  await page.getByRole("button", { name: "Try again" }).last().click();
  await result(page).getByText("sales.refunds").waitFor();
});

test("a file that is dropped becomes a side", async () => {
  const page = await compare();
  await emit(page, "file_opened", { file: { ticket: "file-2", path: "/home/maria/my-agent.json" } });
  await side(page, "Left").getByText("my-agent, 2 resource permissions").waitFor();
  expect(await page.locator("h1").textContent()).toBe("Compare");
});

test("a backup is found and chosen by keyboard, a damaged one is refused at its side", async () => {
  const page = await compare();
  await live(page, "Right", "Production", "my-agent");
  await side(page, "Left").getByRole("radio", { name: "Backup" }).check();
  const search = side(page, "Left").getByLabel("Search the backups");
  await side(page, "Left").getByRole("option").first().waitFor();
  await search.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await side(page, "Left").getByText("my-agent in Production").waitFor();
  await result(page).getByText("orders").waitFor();
  await side(page, "Left").getByRole("button", { name: "Choose another" }).click();
  await side(page, "Left").getByRole("option").filter({ hasText: "data-steward" }).click();
  await side(page, "Left").getByText("is damaged").waitFor();
  expect(await result(page).count()).toBe(0);
});

test("searching narrows the rows", async () => {
  const page = await differing();
  await result(page).getByLabel("Search the differences").fill("orders");
  await expect.poll(() => result(page).getByText("returns").count()).toBe(0);
  await result(page).getByText("orders").waitFor();
});

test("the way on leads into the plan for the right side", async () => {
  const page = await differing();
  await page.getByRole("button", { name: "Make Production like this…" }).click();
  await page.locator("h1", { hasText: "Promote" }).waitFor();
  const checked = async () => (await calls(page)).filter((call) => call.command === "agent_check").map((call) => call.request);
  await expect.poll(checked).toContainEqual({ environment: "01930000-0000-7000-8000-000000000002", agent: "my-agent" });
});
