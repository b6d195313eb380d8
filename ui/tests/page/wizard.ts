import { open, type OpenOptions, type Page } from "../harness";

export const now = "2026-11-20T09:02:30Z";
/** The plan's table. */
export const plan = (page: Page) => page.getByRole("grid", { name: "What would change" });
/** The rows of a plan that was applied. */
export const carriedOut = (page: Page) => page.getByRole("grid", { name: "What was changed" });
export const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

/** The first step of Promote, over a scenario. */
export async function wizard(scenario: string, options: OpenOptions = {}): Promise<Page> {
  const page = await open(scenario, { now, ...options });
  await button(page, "Promote").first().click();
  await page.locator("h1", { hasText: "Promote" }).waitFor();
  return page;
}

/** From the check, which is passed by where it has nothing to say, to the choice of a target. */
export async function passCheck(page: Page): Promise<void> {
  const onward = page.locator("button:not(:disabled)", { hasText: /^Continue to (To|Plan)$/ }).or(page.getByRole("group", { name: "To which environment" }));
  await onward.first().waitFor();
  if (await button(page, "Continue to Target").isVisible()) await button(page, "Continue to Target").click();
}

export interface Way { agent?: string | RegExp; to?: string }

/** Up to the plan of an agent from Development. */
export async function toPlan(scenario: string, { agent = "my-agent", to = "Production", ...options }: OpenOptions & Way = {}): Promise<Page> {
  const page = await wizard(scenario, options);
  await page.getByRole("radio", { name: /Development/ }).check();
  await page.getByRole("option", { name: agent, exact: typeof agent === "string" }).click();
  await button(page, "Continue to Check").click();
  await passCheck(page);
  await page.getByRole("radio", { name: new RegExp(`^${to}`) }).check();
  await button(page, "Continue to Plan").click();
  return page;
}
