import { describe, expect, test } from "vitest";
import { axe, calls, overflowsSideways, screenshot, sizes, type Page } from "../harness";
import { button, carriedOut, plan, toPlan } from "./wizard";

async function applied(scenario: string): Promise<Page> {
  const to = scenario === "promote-running" ? "Production" : "Staging";
  const page = await toPlan(scenario, { to });
  await button(page, /^Apply [35] changes to (Production|Staging)…$/).click();
  if (to === "Production") await page.getByLabel("Type Production to confirm").fill("Production");
  await button(page, /^Apply [35] changes to (Production|Staging)$/).click();
  return page;
}

/** What the rows of a result are about, and what became of each. */
function rowTexts(page: Page): Promise<(string | undefined)[][]> {
  return carriedOut(page).locator(".line").evaluateAll((lines) =>
    lines.filter((line) => line.querySelector(".outcome")).map((line) => [".subject bdi", ".outcome"].map((part) => line.querySelector(part)?.textContent?.trim())),
  );
}

describe("how it can end", () => {
  test("put back", async () => {
    const page = await applied("promote-put-back");
    await page.getByText("Put back: nothing was changed in the end").waitFor();
    await page.getByText("The API key is known and may not do this.").waitFor();
    expect(await button(page, "Undo this…").count()).toBe(0);
    expect((await rowTexts(page)).map(([words, outcome]) => `${String(words)}: ${String(outcome)}`)).toEqual([
      "sales.invoices: Failed", "orders: Put back", "sales.discounts: Put back",
    ]);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "promote-put-back");
    await button(page, "Make the plan again").click();
    await plan(page).getByText("sales.invoices").waitFor();
  });

  test("needs attention", async () => {
    const page = await applied("promote-needs-attention");
    await page.getByText("Needs your attention").waitFor();
    await page.getByText("orders could not be put back").waitFor();
    expect(await rowTexts(page)).toEqual([["orders", "Left as it is"], ["sales.discounts", "Failed"], ["sales.invoices", "Not reached"]]);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "promote-needs-attention");
    await button(page, "Why orders was left").click();
    await page.getByRole("status").getByText("orders could not be put back: API Error (403): Forbidden").waitFor();
    expect(await axe(page)).toEqual([]);
    await page.setViewportSize(sizes.small);
    expect(await overflowsSideways(page)).toBe(false);
    await screenshot(page, "promote-needs-attention");
  });

  test("the target moved: what moved, and the new plan with the ticks as they were", async () => {
    const page = await toPlan("promote-moved", { to: "Staging" });
    await button(page, "Apply 3 changes to Staging…").click();
    await button(page, "Apply 3 changes to Staging").click();
    await page.getByText("Staging changed after this plan was made. Nothing was written; this is the plan as it is now.").waitFor();
    await page.getByText("customers: now read; was read and write").waitFor();
    await plan(page).getByText("customers").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "promote-moved");
    await button(page, "Apply 5 changes to Staging…").click();
    await button(page, "Apply 5 changes to Staging").click();
    await button(page, "Promote on to Production").waitFor();
  });

  test("nothing to do", async () => {
    const page = await toPlan("promote-same", { agent: "invoice-reader", to: "Staging" });
    await page.getByText("Staging has it all already").waitFor();
    expect(await button(page, /^Apply/).count()).toBe(0);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "promote-same");
  });

  test("unreachable, and tried again", async () => {
    const page = await toPlan("promote-unreachable");
    const cut = page.getByText("The connection was cut before the answer was complete.", { exact: true });
    await cut.waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "promote-unreachable");
    await button(page, "Try again").click();
    await cut.waitFor();
    expect((await calls(page)).filter(({ command }) => command === "plan_promote")).toHaveLength(2);
  });
});

describe("while it runs", () => {
  test("the progress says how far it is, wherever a person goes, and can be stopped", async () => {
    const page = await applied("promote-running");
    await page.getByText("2 of 5 · 1 a second · about 3.0 s left").waitFor();
    await page.getByText("attempt 1 failed").waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, "promote-running");
    expect(await page.getByRole("button", { name: "Back", exact: true }).count()).toBe(0);
    await button(page, /^History/).click();
    await page.locator("h1", { hasText: "History" }).waitFor();
    await page.getByRole("region", { name: "What is running" }).getByRole("button", { name: /Promoting my-agent to Production/ }).click();
    await page.getByText("2 of 5").waitFor();
    await button(page, "Stop and put back").click();
    await page.getByText("Stopping, and putting back what was changed…").first().waitFor();
  });
});
