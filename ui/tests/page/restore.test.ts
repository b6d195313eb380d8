import { describe, expect, test } from "vitest";
import { axe, calls, open, screenshot, type OpenOptions, type Page } from "../harness";
import { button, now, plan } from "./wizard";

/** Opens the page as it stands after a restore was asked for: with the screen in the window's history. */
async function restoring(params: Record<string, string>, options: OpenOptions = {}, scenario = "restore"): Promise<Page> {
  const page = await open(scenario, { now, ...options });
  await page.evaluate((wanted) => history.replaceState({ screen: "restore", params: wanted }, ""), params);
  await page.reload();
  await page.locator("h1", { hasText: "Restore" }).waitFor();
  return page;
}

describe("restoring", () => {
  test("a backup leads straight to the plan, where it was taken", async () => {
    const page = await restoring({ backup: "bk-00000001" });
    await plan(page).getByText("orders").waitFor();
    expect(await page.locator("h1").textContent()).toBe("Restore my-agent in Production");
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "restore-plan");
    await button(page, "Apply 5 changes to Production, 5 losing access…").click();
    await page.getByLabel("Type Production to confirm").fill("Production");
    const losses = page.getByRole("region", { name: "5 resources lose access" });
    await losses.getByText("orders", { exact: true }).waitFor();
    expect(await losses.getByRole("list").first().locator("> li").count()).toBe(5);
    await screenshot(page, "restore-apply");
    await button(page, "Apply 5 changes to Production, 5 losing access").click();
    await page.getByRole("heading", { name: "5 changes to my-agent were made and verified." }).waitFor();
  });

  test("an agent is only deleted when that is agreed to by itself", async () => {
    const page = await restoring({ backup: "bk-00000003" });
    await page.getByText("Nothing is selected.").waitFor();
    await page.getByRole("checkbox", { name: "All of “Delete the agent”" }).check();
    await button(page, "Delete churn-forecast in Staging…").click();
    const apply = button(page, "Delete churn-forecast in Staging");
    expect(await apply.isDisabled()).toBe(true);
    await page.getByText("Agree to the deletion above first.").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "restore-delete");
    await page.getByLabel(/Yes, delete churn-forecast in Staging/).check();
    await apply.click();
    await page.getByRole("heading", { name: "1 change to churn-forecast was made and verified." }).waitFor();
    const sent = (await calls(page)).find(({ command }) => command === "plan_apply");
    expect(sent?.request).toMatchObject({ agree_deletion: true, typed_name: null, ticks: { groups: { delete_agent: true } } });
  });

  test("a backup whose environment is gone says so, and goes into another one", async () => {
    const page = await restoring({ backup: "bk-00000001" }, {}, "restore-gone");
    await page.getByText("Production is no longer among the environments. Its backup is kept, and nothing was sent.").first().waitFor();
    await page.getByText("Restore it into another environment, export it as a file, or add an environment with the same URL again.").waitFor();
    expect(await button(page, "Continue to Plan").isDisabled()).toBe(true);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "restore-gone");
    await page.getByRole("radio", { name: /^Staging/ }).check();
    await button(page, "Continue to Plan").click();
    await page.getByText("This backup was taken in Production, and would be restored into Staging.").waitFor();
    expect(await page.locator("h1").textContent()).toBe("Restore my-agent in Staging");
  });

  test("with no environment left, the backup is still what it is about", async () => {
    const page = await restoring({ backup: "bk-00000001" }, {}, "restore-nowhere");
    await page.getByText("Production is no longer among the environments. Its backup is kept, and nothing was sent.").first().waitFor();
    await page.getByRole("heading", { name: "There is no environment" }).waitFor();
    expect(await page.getByText("Try it with sample environments").count()).toBe(0);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "restore-nowhere");
    await button(page, "Show the backup").click();
    await page.getByRole("region", { name: /^Details/ }).getByText("Production is no longer among the environments.").waitFor();
    await button(page, "Export…").waitFor();
    await button(page, "Add an environment").click();
    await page.locator("h1", { hasText: /environment/i }).waitFor();
  });

  test("without anything to restore it leads to the history", async () => {
    const page = await restoring({});
    await page.getByText("Nothing to restore was chosen").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "restore-empty");
  });
});
