import { describe, expect, test } from "vitest";
import { axe, calls, emit, open, overflowsSideways, screenshot, sizes, type OpenOptions, type Page } from "../harness";
import { button, now, passCheck, plan } from "./wizard";

async function importing(scenario: string, options: OpenOptions = {}): Promise<Page> {
  const page = await open(scenario, { now, ...options });
  await button(page, "Import a file").click();
  await page.locator("h1", { hasText: "Import a file" }).waitFor();
  return page;
}

async function typed(scenario: string, name: string, options: OpenOptions = {}): Promise<Page> {
  const page = await importing(scenario, options);
  await page.getByLabel("Or type its path").fill(`/home/maria/${name}`);
  await button(page, "Check this file").click();
  return page;
}

describe("importing", () => {
  test("a picked file is checked at once and leads to the plan", async () => {
    const page = await importing("import");
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "import-1-from");
    await button(page, "Choose a file…").click();
    await page.getByText("my-agent.json is fine.").waitFor();
    await button(page, "Continue to Check").click();
    await passCheck(page);
    await page.getByRole("radio", { name: /^Staging/ }).check();
    await page.getByRole("radio", { name: /^Make Staging exactly the same/ }).check();
    await button(page, "Continue to Plan").click();
    await plan(page).getByText("suppliers").waitFor();
    expect(await page.locator("h1").textContent()).toBe("Import my-agent into Staging");
    await button(page, "Apply 1 change to Staging…").click();
    await button(page, "Apply 1 change to Staging").click();
    await page.getByRole("heading", { name: /verified/ }).waitFor();
    await button(page, "Promote on to Production").waitFor();
  });

  test("a check that takes long can be stopped, and the file checked again", async () => {
    const page = await typed("import-stopped", "my-agent.json");
    await button(page, "Stop checking").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "import-checking");
    await button(page, "Stop checking").click();
    await button(page, "Stop checking").waitFor({ state: "detached" });
    expect((await calls(page)).at(-1)).toEqual({ command: "file_check_stop", request: { file: { kind: "typed", path: "/home/maria/my-agent.json" } } });
    expect(await page.getByLabel("Or type its path").inputValue()).toBe("/home/maria/my-agent.json");
    await button(page, "Check this file").click();
    await page.getByText("my-agent.json is fine.").waitFor();
  });

  test("a check that takes long can be stopped where its findings would be", async () => {
    const page = await typed("import-stopped", "my-agent.json");
    await button(page, "Continue to Check").click();
    await button(page, "Stop checking").waitFor();
    await screenshot(page, "import-checking-2");
    await button(page, "Stop checking").click();
    await button(page, "Check this file").waitFor();
  });

  test("every finding of a broken file is shown at once, with the place in the file", async () => {
    const page = await typed("import-broken", "broken.json");
    await page.getByText("broken.json cannot be used yet: 2 errors.").waitFor();
    await button(page, "Continue to Check").click();
    const errors = page.getByRole("region", { name: "2 errors" });
    const warnings = page.getByRole("region", { name: "1 warning" });
    expect(await errors.getByRole("listitem").count()).toBe(2);
    expect(await warnings.getByRole("listitem").count()).toBe(1);
    await button(page, "line 7, column 63").click();
    await page.getByRole("region", { name: "The file around line 7" }).getByText("the line that is meant:").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "import-broken");
    expect(await button(page, "Continue to Target").isDisabled()).toBe(true);
    await page.getByText("2 errors have to be put right first.").waitFor();
    await page.setViewportSize(sizes.small);
    expect(await overflowsSideways(page)).toBe(false);
  });

  test("a line on which a secret was found is not shown", async () => {
    const page = await typed("import-hidden-line", "with-a-key.json");
    await button(page, "Continue to Check").click();
    await button(page, /^line 5, column/).click();
    const excerpt = page.getByRole("region", { name: "The file around line 5" });
    await excerpt.getByText("hidden, because this line looks like it holds a secret").waitFor();
    await excerpt.getByText("My Agent").waitFor();
    expect(await page.content()).not.toContain("api_key\": \"");
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "import-hidden-line");
  });

  test("a missing file says so, and its path stays", async () => {
    const page = await typed("import-missing-file", "gone.json");
    await page.getByText("Configuration file not found: /home/maria/gone.json.").waitFor();
    expect(await page.getByLabel("Or type its path").inputValue()).toBe("/home/maria/gone.json");
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "import-missing");
  });
});

test("a dropped file begins the import", async () => {
  const page = await open("import", { now });
  await emit(page, "file_opened", { file: { ticket: "file-1", path: "/home/maria/my-agent.json" } });
  await page.getByRole("group", { name: "To which environment" }).waitFor();
  expect((await calls(page)).filter(({ command }) => command === "file_check")).toHaveLength(1);
});
