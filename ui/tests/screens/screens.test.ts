import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { emit, open, openGallery, screenshot, sizes, turnOver, type Page } from "../harness";
import { faintTexts, misfits, unloadedFonts } from "../look";
import { button, now, plan } from "../page/wizard";

// Every screen in every state it can be in, as pictures in target/screens: `<screen>-<state>-<theme>-<size>.png`.

/** Leads on, and waits until what it leads to stands. */
type Step = (page: Page) => Promise<unknown>;

interface State {
  /** What the heading on top says then: the dialog's, where one is open. */
  heading: string;
  scenario: string;
  /** Commands that are not answered: what stands meanwhile is the state. */
  pending?: readonly string[];
  /** Without steps it is where the window begins. */
  steps?: readonly Step[];
}

const text = (words: string | RegExp): Step => (page) => page.locator("#main, [role=dialog]").getByText(words).first().waitFor();
/** Wherever on the page it stands, messages included. */
const said = (words: string): Step => (page) => page.getByText(words).first().waitFor();
const press = (name: string | RegExp): Step => (page) => button(page, name).first().click();
const go = (screen: string): Step => (page) =>
  page.getByRole("navigation", { name: "Screens" }).getByRole("button", { name: screen, exact: true }).click();
const fill = (label: string | RegExp, value: string): Step => (page) => page.getByLabel(label).first().fill(value);
const choose = (label: string, item: string): Step => (page) => page.getByLabel(label, { exact: true }).selectOption({ label: item });
const radio = (name: string | RegExp): Step => (page) => page.getByRole("radio", { name }).check();
const key = (name: string): Step => (page) => page.keyboard.press(name);
const item = (name: string | RegExp): Step => (page) => page.getByRole("menuitem", { name }).click();

const overview = { heading: "Overview", scenario: "overview" };
const agents = text("my-agent");

const environments = { heading: "Environments", scenario: "sandbox" };
const environment = (name: string): Step => async (page) => {
  await go("Environments")(page);
  await press(`Open ${name}`)(page);
};
const newEnvironment: readonly Step[] = [go("Environments"), press("Add an environment"), fill("Name", "Acceptance")];

const fromDevelopment: readonly Step[] = [go("Promote"), radio(/Development/)];
const agent = (name: string): Step => (page) => page.getByRole("option", { name, exact: true }).click();
/** Up to the plan of an agent from Development. */
const planned = (to: string, name = "my-agent"): readonly Step[] => [
  ...fromDevelopment, agent(name), press("Continue to Check"), radio(new RegExp(`^${to}`)), press("Continue to Plan"),
];
const row = (subject: string): Step => (page) => plan(page).getByText(subject).first().waitFor();
const confirmed = (to: string): readonly Step[] => [press(/^Apply .*…$/), fill(`Type ${to} to confirm`, to), press(/^Apply \d/)];
const applied: readonly Step[] = [press(/^Apply .*…$/), press(/^Apply \d/)];

const typedFile = (name: string): readonly Step[] => [
  go("Import a file"), fill("Or type its path", `/home/maria/${name}`), press("Check this file"),
];

/** The page as it stands after a restore was asked for: with the screen in the window's history. */
const restoring = (backup?: string): Step => async (page) => {
  await page.evaluate((params) => window.history.replaceState({ screen: "restore", params }, ""), backup === undefined ? {} : { backup });
  await page.reload();
};

const side = (name: "Left" | "Right", step: (region: ReturnType<Page["getByRole"]>) => Promise<unknown>): Step => (page) =>
  step(page.getByRole("region", { name: new RegExp(`^${name}`) }));
const live = (name: "Left" | "Right", place: string, agent?: string): Step =>
  side(name, async (region) => {
    await region.getByLabel("Environment", { exact: true }).and(region.locator("select")).selectOption({ label: place });
    if (agent !== undefined) await region.getByLabel("Agent").selectOption({ label: agent });
  });
const file = (name: "Left" | "Right", path: string): Step =>
  side(name, async (region) => {
    await region.getByRole("radio", { name: "File" }).check();
    await region.getByLabel("Configuration file").fill(path);
    await region.getByLabel("Configuration file").press("Enter");
  });
const compared = [go("Compare"), live("Left", "Staging", "my-agent"), live("Right", "Production"), text("returns")];

const history = { heading: "History", scenario: "history" };
const entry = (title: string): readonly Step[] => [
  go("History"), (page) => page.getByRole("listbox", { name: "History" }).getByRole("option").filter({ hasText: title }).click(),
  (page) => page.getByRole("region", { name: /^Details/ }).getByRole("heading", { level: 2 }).filter({ hasText: title }).waitFor(),
];
const filled: readonly Step[] = [go("History"), text("Restoring would make 1 change in Production.")];

const settings = { heading: "Settings", scenario: "settings" };

const states: Record<string, State> = {
  "first-start": { heading: "Overview", scenario: "first-start", steps: [text("Add your first environment")] },
  "first-start-starting": { heading: "Overview", scenario: "first-start", pending: ["sandbox_start"], steps: [press("Start the sample environments"), text("Starting three servers")] },
  "start-failed": { heading: "Overview", scenario: "start-fails", steps: [text("Look at who owns that folder")] },
  "start-troubles": { heading: "Overview", scenario: "start-troubles", steps: [text("What the window remembers")] },
  "start-draft": { heading: "Overview", scenario: "start-draft", steps: [text("You were in the middle of promoting my-agent.")] },

  "overview-loading": { ...overview, pending: ["agent_list", "environment_check"], steps: [text("Checking…")] },
  overview: { ...overview, steps: [agents] },
  "overview-no-match": { ...overview, steps: [agents, fill("Filter agents", "nobody"), text("No agent has that in its id.")] },
  "overview-stale": { ...overview, steps: [agents, press("Check again"), said("Could not ask Production.")] },
  "overview-cannot-tell": { heading: "Overview", scenario: "environments-states", steps: [text("Cannot tell: see above")] },
  "overview-menu": { ...overview, steps: [agents, press("Actions for my-agent"), (page) => page.getByRole("menu").waitFor()] },
  "overview-back-up": { ...overview, heading: "Back up my-agent in Development", steps: [agents, press("Actions for my-agent"), item(/^Back up/), fill("Note", "before the audit")] },
  "overview-exported": { ...overview, steps: [agents, press("Actions for my-agent"), item(/^Export/), said("was exported")] },

  "environments-checking": { ...environments, pending: ["environment_check"], steps: [go("Environments"), text("Checking")] },
  environments: { ...environments, steps: [go("Environments"), text("6 agents")] },
  "environments-states": { ...environments, scenario: "environments-states", steps: [go("Environments"), text("is a folder instead of a plain file")] },
  "environments-empty": { heading: "Environments", scenario: "first-start", steps: [go("Environments")] },
  "environments-keychain-absent": { ...environments, scenario: "keychain-absent", steps: [go("Environments"), text("No keychain on this machine")] },
  "environments-keychain-session": { ...environments, scenario: "keychain-absent", steps: [go("Environments"), press("Keep keys for this session"), text("Keys are kept for this session")] },
  "environments-keychain-locked": { ...environments, scenario: "keychain-locked", steps: [go("Environments"), text("The keychain is locked")] },
  "environments-menu": { ...environments, steps: [go("Environments"), press("Actions for Production"), (page) => page.getByRole("menu").waitFor()] },
  "environments-remove": { ...environments, heading: "Remove Production?", steps: [go("Environments"), press("Actions for Production"), item("Remove…"), text("Its history: 0 entries.")] },
  "environments-remove-samples": { heading: "Remove the sample environments?", scenario: "first-start", steps: [press("Start the sample environments"), agents, go("Environments"), press("Remove the sample environments…"), text("What stays")] },
  environment: { heading: "Production", scenario: "environment-test", steps: [environment("Production"), text("ends in …cret")] },
  "environment-replace-key": { heading: "Production", scenario: "sandbox", steps: [environment("Production"), press("Replace")] },
  "environment-remove-key": { heading: "Production", scenario: "sandbox", steps: [environment("Production"), press(/^Remove$/), text("Without its key")] },
  "environment-new": { heading: "New environment", scenario: "environment-test", steps: newEnvironment },
  "environment-plain-http": { heading: "New environment", scenario: "environment-test", steps: [...newEnvironment, fill("URL", "http://acceptance.example.com"), fill("API key", "typed-secret"), press("Test connection"), text("would travel readable")] },
  "environment-name-taken": { heading: "New environment", scenario: "environment-test", steps: [...newEnvironment, fill("URL", "http://127.0.0.1:4104"), fill("Name", "Production"), press("Save Production"), text("There is already an environment")] },
  "environment-testing": { heading: "Production", scenario: "environment-test", pending: ["environment_test"], steps: [environment("Production"), press("Test connection"), (page) => page.getByRole("progressbar", { name: "Testing the connection" }).waitFor()] },
  "environment-test-fails": { heading: "Production", scenario: "environment-test", steps: [environment("Production"), press("Test connection"), text("The server did not accept the API key.")] },
  "environment-test-no-tls": { heading: "New environment", scenario: "environment-test", steps: [...newEnvironment, fill("URL", "https://127.0.0.1:4104"), press("Test connection"), text("does not speak TLS")] },
  "environment-test-works": { heading: "New environment", scenario: "environment-test", steps: [...newEnvironment, fill("URL", "http://127.0.0.1:4104"), fill("API key", "typed-secret"), press("Test connection"), text("The connection works")] },
  "environment-leave": { heading: "Leave without saving?", scenario: "sandbox", steps: [environment("Production"), fill("Default agent", "faq-bot"), go("History")] },

  "promote-from-no-environment": { heading: "Promote an agent", scenario: "first-start", steps: [go("Promote")] },
  "promote-from-empty": { heading: "Promote an agent", scenario: "promote", steps: [go("Promote"), text("Choose an environment to see its agents.")] },
  "promote-from-loading": { heading: "Promote an agent", scenario: "promote", pending: ["agent_list"], steps: fromDevelopment },
  "promote-from": { heading: "Promote my-agent", scenario: "promote", steps: [...fromDevelopment, agent("my-agent")] },
  "promote-from-no-key": { heading: "Promote an agent", scenario: "environments-states", steps: [go("Promote"), text("no key")] },
  "promote-check-loading": { heading: "Promote my-agent", scenario: "promote", pending: ["agent_check"], steps: [...fromDevelopment, agent("my-agent"), press("Continue to Check")] },
  "promote-check": { heading: "Promote my-agent to Staging", scenario: "promote", steps: [...fromDevelopment, agent("my-agent"), press("Continue to Check"), press(/Step 2 of 6: Check/), text("Nothing stands in the way")] },
  "promote-to": { heading: "Promote my-agent to Production", scenario: "promote", steps: planned("Production").slice(0, -1) },
  "promote-plan-loading": { heading: "Promote my-agent to Production", scenario: "promote", pending: ["plan_promote"], steps: planned("Production") },
  "promote-plan": { heading: "Promote my-agent to Production", scenario: "promote-every-group", steps: [...planned("Production"), row("sales.invoices")] },
  "promote-plan-no-match": { heading: "Promote my-agent to Production", scenario: "synthetic", steps: [...planned("Production"), row("warehouse.table_0"), fill("Find a resource", "nothing like it"), text("No row has that")] },
  "promote-plan-why": { heading: "Promote my-agent to Production", scenario: "promote-every-group", steps: [...planned("Production"), press("Why Name cannot be changed"), said("Why the server cannot change this")] },
  "promote-plan-large": { heading: "Promote my-agent to Production", scenario: "synthetic", steps: [...planned("Production"), row("warehouse.table_0")] },
  "promote-plan-register": { heading: "Promote churn-forecast to Staging", scenario: "promote-register", steps: [...planned("Staging", "churn-forecast"), press("Link it…"), fill("Connection string", "wrong-secret"), press("Link with this plan"), text("cannot reach the database")] },
  "promote-plan-moved": { heading: "Promote my-agent to Staging", scenario: "promote-moved", steps: [...planned("Staging"), ...applied, text("customers: now read; was read and write"), row("customers")] },
  "promote-plan-same": { heading: "Promote invoice-reader to Staging", scenario: "promote-same", steps: [...planned("Staging", "invoice-reader"), text("Staging has it all already")] },
  "promote-plan-unreachable": { heading: "Promote my-agent to Production", scenario: "promote-unreachable", steps: [...planned("Production"), text("The connection was cut")] },
  "promote-apply": { heading: "Promote my-agent to Production", scenario: "promote-every-group", steps: [...planned("Production"), press(/^Apply .*…$/), text("Production is protected")] },
  "promote-apply-wrong-name": { heading: "Promote my-agent to Production", scenario: "promote", steps: [...planned("Production"), press(/^Apply .*…$/), fill("Type Production to confirm", "production"), text("That is not Production yet.")] },
  "promote-apply-running": { heading: "Promote my-agent to Production", scenario: "promote-running", steps: [...planned("Production"), ...confirmed("Production"), text("attempt 1 failed")] },
  "promote-apply-stopping": { heading: "Promote my-agent to Production", scenario: "promote-running", steps: [...planned("Production"), ...confirmed("Production"), text("attempt 1 failed"), press("Stop and put back"), text("Stopping, and putting back")] },
  "promote-result": { heading: "Promote my-agent to Production", scenario: "promote-every-group", steps: [...planned("Production"), press(/^Apply .*…$/), fill("Type Production to confirm", "Production"), fill("Why?", "Release 4.2"), press(/^Apply \d/), text("5 changes to my-agent were made and verified.")] },
  "promote-result-register": {
    heading: "Promote churn-forecast to Staging", scenario: "promote-register",
    steps: [
      ...planned("Staging", "churn-forecast"), press("Link it…"), fill("Connection string", "typed-secret"),
      (page) => page.getByLabel("Remember it in the keychain").check(), press("Link with this plan"), text("It is linked when the plan is applied."),
      ...applied, text("A new API key was made for the agent"),
    ],
  },
  "promote-result-put-back": { heading: "Promote my-agent to Staging", scenario: "promote-put-back", steps: [...planned("Staging"), ...applied, text("Put back: nothing was changed in the end")] },
  "promote-result-needs-attention": { heading: "Promote my-agent to Staging", scenario: "promote-needs-attention", steps: [...planned("Staging"), ...applied, text("orders could not be put back")] },

  "import-from": { heading: "Import a file", scenario: "import", steps: [go("Import a file"), text("Drop a configuration file here")] },
  "import-checking": { heading: "Import a file", scenario: "import-broken", pending: ["file_check"], steps: typedFile("broken.json") },
  "import-missing": { heading: "Import a file", scenario: "import-missing-file", steps: [...typedFile("gone.json"), text("Configuration file not found")] },
  "import-checked": { heading: "Import my-agent", scenario: "import", steps: [go("Import a file"), press("Choose a file…"), text("my-agent.json is fine.")] },
  "import-broken": { heading: "Import a file", scenario: "import-broken", steps: [...typedFile("broken.json"), text("2 errors"), press("Continue to Check"), press("line 7, column 63"), text("My Agent")] },
  "import-plan-exact": {
    heading: "Import my-agent into Staging", scenario: "import",
    steps: [go("Import a file"), press("Choose a file…"), press("Continue to Check"), radio(/^Staging/), radio(/^Make Staging exactly the same/), press("Continue to Plan"), row("suppliers")],
  },

  "restore-empty": { heading: "Restore", scenario: "restore", steps: [restoring(), text("Nothing to restore was chosen")] },
  "restore-loading": { heading: "Restore", scenario: "restore", pending: ["plan_restore"], steps: [restoring("bk-00000001")] },
  "restore-plan": { heading: "Restore my-agent in Production", scenario: "restore", steps: [restoring("bk-00000001"), row("orders")] },
  "restore-apply": { heading: "Restore my-agent in Production", scenario: "restore", steps: [restoring("bk-00000001"), row("orders"), press(/^Apply .*…$/), fill("Type Production to confirm", "Production")] },
  "restore-delete": { heading: "Restore churn-forecast in Staging", scenario: "restore", steps: [restoring("bk-00000003"), (page) => page.getByRole("checkbox", { name: "All of “Delete the agent”" }).check(), press(/^Delete .*…$/), text("Agree to the deletion above first.")] },

  "compare-empty": { heading: "Compare", scenario: "compare", steps: [go("Compare"), text("Choose two things to compare")] },
  "compare-loading": { heading: "Compare", scenario: "compare", pending: ["compare"], steps: compared.slice(0, -1) },
  compare: { heading: "Compare", scenario: "compare", steps: compared },
  "compare-text": { heading: "Compare", scenario: "compare", steps: [...compared, press("Show as text"), (page) => page.getByRole("textbox", { name: "Left: my-agent in Staging" }).scrollIntoViewIfNeeded()] },
  "compare-same": { heading: "Compare", scenario: "compare", steps: [go("Compare"), live("Left", "Staging", "invoice-reader"), live("Right", "Production"), text("Both sides say the same")] },
  "compare-side-errors": { heading: "Compare", scenario: "compare", steps: [go("Compare"), file("Left", "/home/maria/broken.json"), text("This file has 2 errors"), file("Right", "/home/maria/gone.json"), text("Configuration file not found")] },
  "compare-failed": { heading: "Compare", scenario: "compare", steps: [go("Compare"), live("Right", "Production", "my-agent"), side("Left", (left) => left.getByRole("radio", { name: "File" }).check()), side("Left", (left) => left.getByRole("button", { name: "Choose a file…" }).click()), text("The connection was cut")] },
  "compare-backup": { heading: "Compare", scenario: "compare", steps: [go("Compare"), live("Right", "Production", "my-agent"), side("Left", (left) => left.getByRole("radio", { name: "Backup" }).check()), side("Left", (left) => left.getByRole("option").first().waitFor())] },

  "history-loading": { ...history, pending: ["history_list"], steps: [go("History")] },
  history: { ...history, steps: filled },
  "history-empty": { ...history, scenario: "history-empty", steps: [go("History"), text("Nothing has happened yet")] },
  "history-failed": { ...history, scenario: "history-long", steps: [go("History"), text("cannot be opened for writing")] },
  "history-long": { ...history, scenario: "history-long", steps: [go("History"), press("Try again"), text("100 of 104 entries")] },
  "history-no-match": { ...history, steps: [go("History"), fill("Search the history", "no such words"), text("Nothing matches")] },
  "history-filter": { ...history, steps: [...filled, (page) => page.getByRole("button", { name: "Agent: Any agent" }).click(), (page) => page.locator(".filter-list").waitFor()] },
  "history-when": { ...history, steps: [...filled, press("When: Any time"), (page) => page.locator(".filter-list").getByLabel("From").fill("the day after tomorrow"), press("Show these days"), (page) => page.getByText("This is no day.").waitFor()] },
  "history-profiles": { ...history, scenario: "history-profiles", steps: [go("History"), text("Replaced the API key of Staging")] },
  "history-broke": { ...history, heading: "What took access away?", steps: [...filled, press("It broke…"), text("Give back just this…")] },
  "history-broke-nothing": { ...history, heading: "What took access away?", steps: [...filled, press("It broke…"), fill("An agent, a resource, a person or a day", "no-such-thing"), text("Nothing took access away")] },
  "history-put-back": { ...history, steps: [...entry("Import of report-builder put back"), text("Nothing to restore.")] },
  "history-needs-attention": { ...history, steps: [...entry("Recovery of my-agent: interrupted promotion needs attention"), text("what it had changed was not put back.")] },
  "history-absent": { ...history, steps: [...entry("Promoted churn-forecast"), text("The agent did not exist then")] },
  "history-damaged": { ...history, steps: [...entry("Promoted faq-bot"), text("its content does not match its hash")] },
  "history-now-failed": { ...history, steps: [...entry("Backup of support-copilot"), text("The connection was cut")] },
  "history-now-loading": { ...history, pending: ["backup_now"], steps: [go("History"), text("Comparing it with what is live…")] },
  "history-edit": { ...history, steps: [...entry("Backup of support-copilot"), press("Edit name and note")] },
  "history-export": { ...history, steps: [...filled, press(/^Export$/), (page) => page.getByRole("menu").waitFor()] },
  "history-back-up": { ...history, heading: "Back up an agent", steps: [...filled, press("Back up an agent…"), choose("Environment", "Staging")] },
  "history-restore-file": { ...history, heading: "Restore from a file", steps: [...filled, press("Restore from a file…"), press("Show what would change"), text("Choose a file, or type its path.")] },

  "recovery-recovered": { heading: "Overview", scenario: "recovery-recovered", steps: [said("The apply was interrupted")] },
  "recovery-waiting": { heading: "Overview", scenario: "recovery-waiting", steps: [said("It waits to be settled")] },
  "recovery-ways": { heading: "How this is settled", scenario: "recovery-waiting", steps: [said("It waits to be settled"), press("Other ways…")] },

  settings: { ...settings, steps: [go("Settings"), text("/home/maria/.local/share/aidb")] },
  "settings-backups": { ...settings, steps: [go("Settings"), press("Check all backups"), text("1 of 2 backups is damaged"), (page) => button(page, "my-agent · Production").scrollIntoViewIfNeeded()] },
  "settings-not-written": { ...settings, steps: [go("Settings"), press("Export as CSV…"), text("entries were written"), press("Save a support bundle…"), text("could not be written")] },
  "settings-licences": { ...settings, steps: [go("Settings"), press("Show the licences"), fill("Search the licences", "tauri"), text(/^\d+ packages$/)] },

  palette: { heading: "Find or run a command", scenario: "settings", steps: [agents, key("Control+k"), fill("Type a name or a command", "pro")] },
  "palette-empty": { heading: "Find or run a command", scenario: "settings", steps: [agents, key("Control+k"), fill("Type a name or a command", "zzz"), text("Nothing has that name.")] },
  close: { heading: "Promoting my-agent to Staging is still running", scenario: "start-close", steps: [(page) => emit(page, "close_asked", { running: ["Promoting my-agent to Staging"] }), text("Closing stops it.")] },
  "close-stopping": { heading: "Promoting my-agent to Staging is still running", scenario: "start-close", steps: [(page) => emit(page, "close_asked", { running: ["Promoting my-agent to Staging"] }), press("Stop, put back and close"), text("The window closes when that is done.")] },
  drop: { heading: "Overview", scenario: "sandbox", steps: [(page) => emit(page, "file_hovering", { over: true }), said("Drop the configuration file anywhere")] },
};

/** What the heading on top of everything says. */
async function heading(page: Page): Promise<string> {
  const dialog = page.getByRole("dialog");
  const heading = (await dialog.count()) > 0 ? dialog.getByRole("heading").first() : page.locator("#main h1");
  await heading.waitFor({ state: "attached" });
  return (await heading.textContent()) ?? "";
}

/** A picture in this theme and size, of a page on which nothing is out of place. What axe finds is asked screen by screen. */
async function picture(page: Page, name: string): Promise<void> {
  // What comes a moment later on purpose, so that quick answers do not flicker, belongs to a picture of waiting.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
  const path = await screenshot(page, name);
  expect.soft([...(await misfits(page)), ...(await faintTexts(page))], basename(path)).toEqual([]);
}

async function everyWay(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  expect(await unloadedFonts(page), "fonts that did not come").toEqual([]);
  await picture(page, name);
  await turnOver(page);
  await picture(page, name);
  for (const size of [sizes.small, sizes.large]) {
    await page.setViewportSize(size);
    await picture(page, name);
    await turnOver(page);
    await picture(page, name);
  }
}

describe("every screen in every state, light and dark, in three sizes", () => {
  test.each(Object.entries(states))("%s", async (name, { heading: expected, scenario, pending, steps = [] }) => {
    const page = await open(scenario, { now, ...(pending && { pending }) });
    for (const step of steps) await step(page);
    await expect.poll(() => heading(page)).toBe(expected);
    await everyWay(page, name);
  });

  test("the shared parts", async () => {
    const page = await openGallery();
    await everyWay(page, "gallery");
  });
});
