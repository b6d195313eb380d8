import type axeCore from "axe-core";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, afterEach, expect, inject } from "vitest";
import type { Scenario } from "../src/host/recorded";

export type { Page } from "playwright-core";

export const sizes = { usual: { width: 1280, height: 800 }, small: { width: 1024, height: 640 }, large: { width: 2560, height: 1440 } } as const;

export type Theme = "light" | "dark";

const opposite = { light: "dark", dark: "light" } as const;

export interface OpenOptions {
  theme?: Theme;
  size?: { width: number; height: number };
  /** 2 is text at 200 %. */
  textScale?: number;
  /** What the page's clock says, so that "2 minutes ago" stays that. */
  now?: string;
  /** Commands that are never answered, so that a test can look at what stands while they run. */
  pending?: readonly string[];
}

interface Tab {
  page: Page;
  /** What the console said since the page was opened in it. */
  troubles: string[];
}

interface Opened {
  tab: Tab;
  theme: Theme;
  clocked: boolean;
}

declare global {
  interface Window {
    __unrecorded?: string[];
    __calls?: { command: string; request: unknown }[];
    __emit?: (event: string, payload: unknown) => void;
    /** Timers that run within half a second: the page waits for somebody to stop typing, or ticking. */
    __soon?: Set<number>;
    axe: typeof axeCore;
  }
}

const screens = process.env["SCREENS_DIR"] ?? fileURLToPath(new URL("../../target/screens", import.meta.url));

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser: Browser | undefined;
let opened: Opened[] = [];
// A tab that has run the page before starts it in a third of the time. The page keeps nothing in the browser, so nothing of one
// test is left to the next; a tab whose test failed is not used again. A clock, once set, cannot be taken out of a tab.
let idle: { tab: Tab; clocked: boolean }[] = [];

afterAll(async () => {
  await browser?.close();
  browser = undefined;
  idle = [];
});

// A page that complained, or asked for what was not recorded, fails its test whatever the test looked at.
afterEach(async ({ task }) => {
  const closing = opened;
  opened = [];
  const troubles: string[] = [];
  for (const { tab, clocked } of closing) {
    const { page } = tab;
    await runPutOff(page);
    const left = await page.evaluate(() => ({ unrecorded: window.__unrecorded ?? [], stored: localStorage.length + sessionStorage.length }));
    troubles.push(...tab.troubles, ...left.unrecorded.map((call) => `not recorded: ${call}`));
    if (left.stored > 0) troubles.push("the page keeps something in the browser");
    if (task.result?.state === "fail" || troubles.length > 0) await page.context().close();
    else idle.push({ tab, clocked });
  }
  expect(troubles, "the page complained").toEqual([]);
});

/** Opens the page over a scenario's recorded answers. */
export function open(scenario: string, options: OpenOptions = {}): Promise<Page> {
  return openAt(`scenario=${encodeURIComponent(scenario)}`, options);
}

/** Opens the gallery of the shared components. */
export function openGallery(options: OpenOptions = {}): Promise<Page> {
  return openAt("gallery", options);
}

async function openAt(query: string, { theme = "light", size = sizes.usual, textScale = 1, now, pending = [] }: OpenOptions): Promise<Page> {
  const clocked = now !== undefined;
  const tab = (await idleTab(clocked)) ?? (await newTab());
  const { page } = tab;
  opened.push({ tab, theme, clocked });
  // Shorter than a test may take, so that what was waited for is named.
  page.setDefaultTimeout(60_000);
  await page.setViewportSize(size);
  // Over recorded answers the settings say "as the system". In the gallery the theme is chosen, and has to win over the other one.
  await page.emulateMedia({ colorScheme: query === "gallery" ? opposite[theme] : theme, reducedMotion: "reduce" });
  if (clocked) await page.clock.setFixedTime(now);
  if (pending.length > 0) await keepPending(page, pending);
  await page.goto(`${inject("origin")}/?${query}&theme=${theme}`);
  if (textScale !== 1) {
    await page.evaluate((scale) => (document.documentElement.style.fontSize = `${String(scale * 100)}%`), textScale);
  }
  await page.locator("#main h1").waitFor();
  await page.evaluate(() => document.fonts.ready);
  return page;
}

async function newTab(): Promise<Tab> {
  browser ??= await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--font-render-hinting=none"],
  });
  const context = await browser.newContext({ timezoneId: "Europe/Berlin", locale: "en-GB" });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await context.addInitScript(noteTimers);
  const page = await context.newPage();
  return { page, troubles: watch(page) };
}

/** Runs in the page, before its own scripts. */
function noteTimers(): void {
  const soon = (window.__soon = new Set<number>());
  const { setTimeout: begin, clearTimeout: end } = window;
  const note = (run: TimerHandler, delay = 0, ...given: unknown[]): number => {
    const id = begin(
      (...again: unknown[]) => {
        soon.delete(id);
        if (typeof run === "function") (run as (...given: unknown[]) => void)(...again);
      },
      delay,
      ...given,
    );
    if (delay <= 500) soon.add(id);
    return id;
  };
  window.setTimeout = note as typeof window.setTimeout;
  window.clearTimeout = (id) => {
    if (typeof id === "number") soon.delete(id);
    end(id);
  };
}

/** Lets the page do what it has put off for a moment. A test that ended before that would pass or fail by chance. */
async function runPutOff(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const waiting = [...(window.__soon ?? [])];
    while (waiting.some((timer) => window.__soon?.has(timer))) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
}

/** A tab that an earlier test of this file is done with, as it was before that. */
async function idleTab(clocked: boolean): Promise<Tab | undefined> {
  const found = idle.findIndex((entry) => entry.clocked === clocked);
  const [entry] = found < 0 ? [] : idle.splice(found, 1);
  if (!entry) return undefined;
  const { page, troubles } = entry.tab;
  await page.unrouteAll();
  await page.goto("about:blank");
  // Where it stood, the new page would have something under the pointer.
  await page.mouse.move(0, 0);
  troubles.length = 0;
  return entry.tab;
}

/** Hands out what was recorded with these commands' answers left pending. */
async function keepPending(page: Page, commands: readonly string[]): Promise<void> {
  await page.route("**/recorded/*.json", async (route) => {
    const answered = await route.fetch();
    const scenario = (await answered.json()) as Scenario;
    expect(scenario.calls.map(({ command }) => command), "what is pending was recorded").toEqual(expect.arrayContaining([...commands]));
    const calls = scenario.calls.map((call) => (commands.includes(call.command) ? { ...call, pending: true } : call));
    await route.fulfill({ response: answered, json: { ...scenario, calls } });
  });
}

/** Console errors hold refusals by the content security policy too. */
function watch(page: Page): string[] {
  const troubles: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") troubles.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => troubles.push(`page error: ${error.message}`));
  page.on("requestfailed", (request) => troubles.push(`request failed: ${request.url()}`));
  return troubles;
}

/** Of what axe looks at, all that a theme can make wrong. */
const colours: axeCore.RunOnly = { type: "rule", values: ["color-contrast", "link-in-text-block"] };
const everything = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * Everything that axe finds on the page as it stands now, and what it finds of its colours in the other theme. An empty list is what
 * a test wants. Menus, lists of choices and tooltips lie outside the landmarks, as every layer above the page does: of them that is
 * not asked.
 */
export async function axe(page: Page): Promise<string[]> {
  // Through the debugging protocol: the page's own policy refuses a script from elsewhere.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axeSource);
  const findings = await found(page, everything);
  await turnOver(page);
  findings.push(...(await found(page, colours)));
  await turnOver(page);
  return findings;
}

async function found(page: Page, runOnly: axeCore.RunOnly | string[]): Promise<string[]> {
  const findings: string[] = await page.evaluate(async (runOnly) => {
    const { violations } = await window.axe.run(document, { runOnly });
    const isLayer = (target: string) => document.querySelector(target)?.closest("[role=menu], .tooltip, [data-bits-floating-content-wrapper]") != null;
    return violations.flatMap(({ id, nodes }) =>
      nodes
        .filter((node) => id !== "region" || !isLayer(node.target.join(" ")))
        .map((node) => `${id}: ${node.target.join(" ")} (${node.failureSummary ?? ""})`),
    );
  }, runOnly);
  return findings.map((finding) => `${themeOf(page)}: ${finding}`);
}

/** Keeps a picture as `<name>-<theme>-<width>x<height>.png`, for eyes. */
export async function screenshot(page: Page, name: string): Promise<string> {
  mkdirSync(screens, { recursive: true });
  const theme = themeOf(page);
  const { width, height } = page.viewportSize() ?? sizes.usual;
  const path = join(screens, `${name}-${theme}-${String(width)}x${String(height)}.png`);
  await page.screenshot({ path });
  return path;
}

function themeOf(page: Page): Theme {
  return opened.find((entry) => entry.tab.page === page)?.theme ?? "light";
}

/** Turns the page over to the other theme as it stands, as the system does at dusk. */
export async function turnOver(page: Page): Promise<void> {
  const theme = opposite[themeOf(page)];
  await page.emulateMedia({ colorScheme: theme });
  // The gallery's theme is chosen.
  await page.evaluate((now) => { if ("theme" in document.documentElement.dataset) document.documentElement.dataset["theme"] = now; }, theme);
  opened = opened.map((entry) => (entry.tab.page === page ? { ...entry, theme } : entry));
}

/** What the page asked its host for, in order. */
export function calls(page: Page): Promise<{ command: string; request: unknown }[]> {
  return page.evaluate(() => window.__calls ?? []);
}

/** Sends the page an event, as the engine would. */
export function emit(page: Page, event: string, payload: unknown): Promise<void> {
  return page.evaluate(([name, value]) => window.__emit?.(name as string, value), [event, payload]);
}

/** Nothing but the parts made to scroll reaches beyond the window. */
export function overflowsSideways(page: Page): Promise<boolean> {
  return page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll<HTMLElement>("#main .scroll")].some(
      (element) => element.scrollWidth > element.clientWidth,
    ),
  );
}
