import { describe, expect, test } from "vitest";
import { axe, screenshot } from "../harness";
import { button, passCheck, plan, wizard } from "./wizard";

describe("a keychain that cannot be used, met in the wizard", () => {
  test("locked: it is unlocked there, and the way goes on", async () => {
    const page = await wizard("keychain-locked");
    await page.getByRole("radio", { name: /^Development.*keychain locked/ }).check();
    await page.getByText("The keychain is locked. Nothing was read from it and nothing was stored in it.").first().waitFor();
    expect(await button(page, "Continue to Check").isDisabled()).toBe(true);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "wizard-keychain-locked");
    await page.locator("#main").getByRole("button", { name: "Unlock the keychain" }).click();
    await page.getByRole("option", { name: "my-agent", exact: true }).click();
    await button(page, "Continue to Check").click();
    await passCheck(page);
    await page.getByRole("radio", { name: /^Staging/ }).check();
    await button(page, "Continue to Plan").click();
    await plan(page).getByText("sales.invoices").waitFor();
  });

  test("absent: keys are kept for the session only when that is asked for, and the missing key is named", async () => {
    const page = await wizard("keychain-absent");
    await page.getByRole("radio", { name: /^Development.*no keychain/ }).check();
    const main = page.locator("#main");
    await main.getByRole("button", { name: "Keep keys for this session" }).waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "wizard-keychain-absent");
    await main.getByRole("button", { name: "Keep keys for this session" }).click();
    await main.getByText("API key required").first().waitFor();
    expect(await axe(page)).toEqual([]);
    await main.getByRole("button", { name: "Open Environments" }).click();
    await page.locator("h1", { hasText: "Development" }).waitFor();
  });
});
