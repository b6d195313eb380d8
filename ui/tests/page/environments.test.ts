import { describe, expect, test } from "vitest";
import { axe, calls, open, overflowsSideways, screenshot, sizes, type OpenOptions, type Page } from "../harness";

const now = "2026-11-20T09:02:30Z";
const rows = (page: Page) => page.getByRole("list", { name: "Environments in stage order" }).getByRole("listitem");
const names = async (page: Page) => (await rows(page).locator(".name bdi").allInnerTexts());

async function environments(scenario: string, options: OpenOptions = {}): Promise<Page> {
  const page = await open(scenario, { now, ...options });
  await page.getByRole("navigation", { name: "Screens" }).getByRole("button", { name: "Environments" }).click();
  await page.locator("h1", { hasText: "Environments" }).waitFor();
  return page;
}

async function editor(name: string, scenario: string, options: OpenOptions = {}): Promise<Page> {
  const page = await environments(scenario, options);
  await rows(page).getByRole("button", { name: `Open ${name}`, exact: true }).click();
  await page.locator("h1", { hasText: name }).waitFor();
  return page;
}

async function newEnvironment(scenario: string, options: OpenOptions = {}): Promise<Page> {
  const page = await environments(scenario, options);
  await page.getByRole("button", { name: "Add an environment" }).click();
  await page.locator("h1", { hasText: "New environment" }).waitFor();
  await page.getByLabel("Name").fill("Acceptance");
  await page.getByLabel("URL").fill("https://acceptance.example.com");
  return page;
}

describe("environments", () => {
  test("are listed in stage order with key and last contact", async () => {
    const page = await environments("sandbox");
    expect(await names(page)).toEqual(["Development", "Staging", "Production"]);
    await rows(page).last().getByText("ends in …cret").waitFor();
    await rows(page).last().getByText("6 agents").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "environments");
  });

  test("hold every state and any name", async () => {
    const page = await environments("environments-states");
    await rows(page).nth(4).getByText("The server does not accept the API key.").waitFor();
    await rows(page).nth(3).getByText("Connection refused: nothing listens there.").waitFor();
    await rows(page).nth(5).getByText("/home/maria/keys/environment-key-1 is a folder instead of a plain file").waitFor();
    expect(await page.locator("b").count()).toBe(0);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "environments-states");
    await page.setViewportSize(sizes.small);
    expect(await overflowsSideways(page)).toBe(false);
    await screenshot(page, "environments-states");
  });

  test("fit text at 200 %", async () => {
    const page = await environments("sandbox", { size: sizes.small, textScale: 2 });
    expect(await overflowsSideways(page)).toBe(false);
    await screenshot(page, "environments-200");
    await page.getByRole("button", { name: "Open Production", exact: true }).click();
    await page.locator("h1", { hasText: "Production" }).waitFor();
    expect(await overflowsSideways(page)).toBe(false);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "environment-200");
  });

  test("the form shows what is stored, and a failing connection says what to do", async () => {
    const page = await editor("Production", "environment-test");
    await page.getByText("ends in …cret").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "environment");
    await page.getByRole("button", { name: "Test connection" }).click();
    await page.getByText("1 of 5 checks failed.").first().waitFor();
    await page.getByText("The server did not accept the API key.").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "environment-test");
    await page.setViewportSize(sizes.small);
    await screenshot(page, "environment-test");
  });

  test("without a keychain a sentence says what that means, and what can be chosen", async () => {
    const page = await environments("keychain-absent");
    await page.getByRole("heading", { name: "No keychain on this machine" }).waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "keychain-absent");
    await page.getByRole("button", { name: "Keep keys for this session" }).click();
    await page.getByRole("heading", { name: "Keys are kept for this session" }).waitFor();
  });
});

test("a keychain that does not answer is not told as absent, and may answer later", async () => {
  const page = await environments("keychain-silent");
  await page.getByRole("heading", { name: "The keychain does not answer" }).waitFor();
  await page.getByText("What is stored in it is still there.").waitFor();
  expect(await rows(page).getByText("Keychain does not answer").count()).toBe(3);
  expect(await page.getByText("No keychain").count()).toBe(0);
  await page.getByText("How to make it answer").click();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "keychain-silent");
  await page.getByRole("button", { name: "Keep keys for this session" }).waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "Keychain ready" }).waitFor();
  expect(await page.getByText("Stored in the keychain").count()).toBe(3);
});

test("a locked keychain is unlocked, and the servers are asked", async () => {
  const page = await environments("keychain-locked");
  await page.getByRole("heading", { name: "The keychain is locked" }).waitFor();
  await screenshot(page, "keychain-locked");
  await page.getByRole("button", { name: "Unlock the keychain" }).click();
  await page.getByRole("heading", { name: "Keychain ready" }).waitFor();
  await rows(page).first().getByText("8 agents").waitFor();
});

test("the order changes by keys, and says so", async () => {
  const page = await environments("sandbox");
  await rows(page).last().getByRole("button", { name: "Open Production", exact: true }).focus();
  await page.keyboard.press("Alt+ArrowUp");
  await page.getByText("Production is now stage 2 of 3.").waitFor({ state: "attached" });
  expect(await names(page)).toEqual(["Development", "Production", "Staging"]);
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Open Production");
  expect((await calls(page)).at(-1)).toEqual({ command: "environment_order", request: { ids: [1, 3, 2].map((number) => `01930000-0000-7000-8000-00000000000${String(number)}`) } });
  await page.keyboard.press("ArrowUp");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Open Development");
});

test("the order changes by dragging", async () => {
  const page = await environments("sandbox");
  const from = await rows(page).last().locator(".handle").boundingBox();
  const to = await rows(page).nth(1).boundingBox();
  if (!from || !to) throw new Error("no rows");
  await page.mouse.move(from.x + 10, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(to.x + 20, to.y + to.height / 2, { steps: 5 });
  await page.mouse.up();
  await expect.poll(() => names(page)).toEqual(["Development", "Production", "Staging"]);
  expect((await calls(page)).filter(({ command }) => command === "environment_order")).toHaveLength(1);
});

test("removing says what goes and what stays before it is done", async () => {
  const page = await environments("sandbox");
  await page.getByRole("button", { name: "Actions for Production" }).click();
  await page.getByRole("menuitem", { name: "Remove…" }).click();
  await page.getByText("Its API key, if one is stored in the keychain.").waitFor();
  await page.getByText("Its history: 0 entries.").waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "environment-remove");
  expect(await page.evaluate(() => document.activeElement?.textContent)).not.toContain("Remove Production");
  await page.getByRole("button", { name: "Remove Production" }).click();
  await expect.poll(() => names(page)).toEqual(["Development", "Staging"]);
});

test("the sample environments go with one click and one answer", async () => {
  const page = await open("first-start", { now });
  await page.getByRole("button", { name: "Start the sample environments" }).click();
  await page.getByRole("grid").getByText("my-agent").waitFor();
  await page.getByRole("navigation", { name: "Screens" }).getByRole("button", { name: "Environments" }).click();
  await page.getByRole("button", { name: "Remove the sample environments…" }).click();
  await page.getByRole("dialog").getByText("The history").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Remove the sample environments" }).click();
  await page.getByRole("heading", { name: "Add your first environment" }).waitFor();
});

test("a new environment is tested before it is saved, and its key goes out once", async () => {
  const page = await newEnvironment("environment-test");
  await page.getByLabel("URL").fill("https://127.0.0.1:4104");
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("what answers there does not speak TLS").waitFor();
  await screenshot(page, "environment-new-tls");
  const key = page.getByLabel("API key");
  await page.getByLabel("URL").fill("http://127.0.0.1:4104");
  await key.fill("typed-secret");
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("The connection works").first().waitFor();
  expect(await key.inputValue()).toBe("typed-secret");
  await key.press("Enter");
  await page.locator("h1", { hasText: "Environments" }).waitFor();
  await rows(page).last().getByText("Acceptance", { exact: true }).waitFor();
  expect(await page.content()).not.toContain("typed-secret");
});

test("plain http asks for its own choice, and nothing typed is lost on the way", async () => {
  const page = await newEnvironment("environment-test");
  await page.getByLabel("URL").fill("http://acceptance.example.com");
  await page.getByLabel("API key").fill("typed-secret");
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("the API key would travel readable for everyone").first().waitFor();
  expect(await page.getByLabel("API key").inputValue()).toBe("typed-secret");
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "environment-plain-http");
  await page.getByLabel("Send the key unencrypted").check();
  await page.getByRole("button", { name: "Save Acceptance" }).click();
  await page.locator("h1", { hasText: "Environments" }).waitFor();
});

test("an error stands at its field, which takes the focus", async () => {
  const page = await newEnvironment("environment-test");
  await page.getByLabel("URL").fill("http://127.0.0.1:4104");
  await page.getByLabel("Name").fill("Production");
  await page.getByRole("button", { name: "Save Production" }).click();
  await page.locator("#main").getByText('There is already an environment "Production". Nothing was changed.').waitFor();
  await expect.poll(() => page.getByLabel("Name").evaluate((field) => field === document.activeElement)).toBe(true);
  expect(await page.getByLabel("Name").getAttribute("aria-invalid")).toBe("true");
  await page.getByLabel("Keep at least").fill("many");
  await page.getByRole("button", { name: "Save Production" }).click();
  await page.getByText("Type a whole number, 0 or more.").waitFor();
});

test("a key typed before the keychain was found locked is still there afterwards", async () => {
  const page = await newEnvironment("keychain-locked");
  await page.getByLabel("URL").fill("http://127.0.0.1:4103");
  const key = page.getByLabel("API key");
  await key.fill("typed-secret");
  await page.getByRole("button", { name: "Save Acceptance" }).click();
  await page.getByText("The keychain is locked. Nothing was read from it and nothing was stored in it.").first().waitFor();
  expect(await key.inputValue()).toBe("typed-secret");
  await page.getByRole("button", { name: "Unlock the keychain" }).click();
  await page.getByRole("button", { name: "Unlock the keychain" }).waitFor({ state: "detached" });
  expect(await key.inputValue()).toBe("typed-secret");
  await page.getByRole("button", { name: "Save Acceptance" }).click();
  await page.locator("h1", { hasText: "Environments" }).waitFor();
});

test("a stored key is replaced, and removed only when asked twice", async () => {
  const page = await editor("Production", "sandbox");
  await page.getByRole("button", { name: "Replace" }).click();
  await page.getByLabel("API key").fill("typed-secret");
  await page.getByRole("button", { name: "Store this key" }).click();
  await page.getByText("ends in …cret").waitFor();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  expect((await calls(page)).some(({ command }) => command === "environment_key_remove")).toBe(false);
  await page.getByRole("button", { name: "Remove the key" }).click();
  await page.getByText("No key").first().waitFor();
});

test("unsaved changes ask before they are left behind", async () => {
  const page = await editor("Production", "sandbox");
  await page.getByLabel("Default agent").fill("faq-bot");
  await page.getByRole("navigation", { name: "Screens" }).getByRole("button", { name: "History" }).click();
  const dialog = page.getByRole("dialog", { name: "Leave without saving?" });
  await dialog.waitFor();
  expect(await axe(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await page.getByLabel("Default agent").inputValue()).toBe("faq-bot");
  await page.goBack();
  await dialog.waitFor();
  await page.getByRole("button", { name: "Go on editing" }).click();
  await page.getByRole("button", { name: "Save Production" }).click();
  await page.locator("h1", { hasText: "Environments" }).waitFor();
});
