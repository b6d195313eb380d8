import { describe, expect, test } from "vitest";
import { axe, overflowsSideways, screenshot, type Page } from "../harness";
import { button, carriedOut, plan, toPlan } from "./wizard";

/** Emoji, markup, Arabic, and a character that turns the direction of what follows. */
const HOSTILE = "\u{1f4ca} <img src=x onerror=alert(1)> \u062c\u062f\u0648\u0644 a\u202eb";
/** As much of it as a narrow column shows. */
const MARKUP = /<img src=x/;

/** Where a character stands as it is that turns the direction of the words beside it. */
function rawMarks(): string[] {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found: string[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.textContent?.includes("\u202e")) found.push(`${node.parentElement?.tagName ?? ""}: ${node.textContent}`);
  }
  return found;
}

/** No element came of a name, nothing runs over, and no name turns the words beside it around. */
async function harmless(page: Page, name: string): Promise<void> {
  expect(await page.locator("img[src='x'], script:not([src])").count(), "an element was made from a name").toBe(0);
  expect(await page.evaluate(rawMarks), "a raw direction mark").toEqual([]);
  expect(await overflowsSideways(page)).toBe(false);
  expect(await axe(page)).toEqual([]);
  await screenshot(page, name);
}

describe("names that nobody would choose", () => {
  test("resources of every kind in a plan", async () => {
    const page = await toPlan("hostile-ids", { to: "Staging" });
    await plan(page).getByText(MARKUP).first().waitFor();
    await plan(page).getByText("\u062c\u062f\u0648\u0644 \u0627\u0644\u0639\u0645\u0644\u0627\u0621").waitFor();
    await harmless(page, "hostile-plan");
  });

  test("an agent in the overview, in a plan, its result, the history and a comparison", async () => {
    const page = await toPlan("hostile-ids", { to: "Staging", agent: /<img src=x onerror/ });
    await plan(page).getByText(MARKUP).first().waitFor();
    // It names the agent too, and comes a moment later.
    await page.getByText("aidb migrate promote --from Development").waitFor();
    await harmless(page, "hostile-agent-plan");
    await button(page, /^Apply .*…$/).click();
    await page.getByRole("textbox", { name: /^Why/ }).fill(HOSTILE);
    await button(page, /^Apply 2 changes to Staging/).click();
    await carriedOut(page).getByText(MARKUP).first().waitFor();
    await harmless(page, "hostile-result");
    await button(page, "Show it in the history").click();
    await page.getByRole("region", { name: /^Details/ }).getByText(MARKUP).first().waitFor();
    await harmless(page, "hostile-history");
    await page.getByRole("navigation").getByRole("button", { name: "Overview" }).click();
    await page.locator("#main").getByText(MARKUP).first().waitFor();
    await harmless(page, "hostile-overview");
  });
});
