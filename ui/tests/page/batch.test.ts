import { expect, test } from "vitest";
import { axe, calls, open, overflowsSideways, screenshot, sizes, type Page } from "../harness";

const now = "2026-11-20T09:00:50Z";

async function selected(scenario: string, agents: readonly string[]): Promise<Page> {
  const page = await open(scenario, { now });
  await page.getByText(/^Compared/u).waitFor();
  for (const agent of agents) await page.getByRole("checkbox", { name: `Select ${agent}` }).click();
  await page.getByText(`${String(agents.length)} agents selected`).waitFor();
  return page;
}

test("agents are selected, their plans looked at, one fails, and the rest is tried again", async () => {
  const page = await selected("batch", ["data-steward", "faq-bot", "my-agent"]);
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "overview-selected");
  await page.getByRole("region", { name: "Selected agents" }).getByRole("button", { name: "Review…" }).click();
  await page.getByRole("heading", { name: "3 agents in Staging" }).waitFor();
  await page.getByRole("button", { name: "my-agent" }).click();
  await page.getByRole("grid", { name: "What would change" }).getByText("sales.invoices").waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "batch-plan");
  await page.setViewportSize(sizes.small);
  expect(await overflowsSideways(page)).toBe(false);
  await screenshot(page, "batch-plan");
  await page.setViewportSize(sizes.usual);
  await page.getByRole("button", { name: /^Apply \d+ changes to 3 agents in Staging$/u }).click();
  await page.getByText("2 done, 1 put back.").first().waitFor();
  const first = page.getByRole("list", { name: "Agents of this batch" }).getByRole("listitem").first();
  await first.getByText("Put back").waitFor();
  await first.getByText("faq-bot").first().waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "batch-end");
  await page.getByRole("button", { name: "Try the rest again (1)…" }).click();
  await page.getByRole("heading", { name: "1 agent in Staging" }).waitFor();
  await page.getByRole("button", { name: "Apply 1 change to 1 agent in Staging" }).click();
  await page.getByText("1 done.").first().waitFor();
  await page.getByRole("button", { name: "Undo this batch…" }).click();
  await page.getByRole("heading", { name: "3 agents in Staging" }).waitFor();
  // A way back takes back what was given, as in every restore: it is counted in the button.
  await page.getByText("loses 3", { exact: true }).first().waitFor();
  await page.getByRole("button", { name: /^Apply \d+ changes, \d+ of them losing access to 3 agents in Staging$/u }).waitFor();
  await page.getByRole("button", { name: "my-agent" }).click();
  await page.getByRole("grid", { name: "What would change" }).waitFor();
  await screenshot(page, "batch-undo");
});

test("a protected environment has its name typed once, and one agent may go first", async () => {
  const page = await selected("batch-protected", ["data-steward", "my-agent"]);
  const bar = page.getByRole("region", { name: "Selected agents" });
  await bar.getByLabel("From").selectOption({ label: "Staging" });
  await bar.getByLabel("To").selectOption({ label: "Production" });
  await bar.getByRole("button", { name: "Review…" }).click();
  const apply = page.getByRole("button", { name: /^Apply \d+ changes to 2 agents in Production$/u });
  await apply.waitFor();
  expect(await apply.isDisabled()).toBe(true);
  await page.getByLabel("Type Production to confirm").fill("Production");
  await page.getByLabel("data-steward first, the others when it is done").click();
  await page.getByLabel("Reason").fill("Release 12");
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "batch-protected");
  await apply.click();
  await page.getByText("2 done.").first().waitFor();
  const request = (await calls(page)).findLast(({ command }) => command === "batch_apply")?.request;
  expect(request).toMatchObject({ typed_name: "Production", first: "data-steward", reason: "Release 12", left_out: [] });
});

test("a batch that was killed is offered at the next start", async () => {
  const page = await open("batch-left", { now });
  await page.getByText("A batch was interrupted: 3 agents from Development to Staging. 0 of 3 done.").waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, "batch-left");
  await page.getByRole("button", { name: "Go on…" }).click();
  await page.getByRole("heading", { name: "3 agents in Staging" }).waitFor();
  // It was agreed to as it is.
  expect(await page.getByRole("checkbox", { name: "Change my-agent" }).isDisabled()).toBe(true);
});
