import type { BatchPlan, EntryKind, EntryOutcome } from "../contract";

/** A side of a comparison, as far as it is chosen. A `SideChoice` of the contract is one. */
export type ComparedSide =
  | { kind: "live"; environment?: string; agent?: string }
  | { kind: "file"; path: string }
  | { kind: "backup"; id?: string };

/** What the history is narrowed down to, and the entry that is open. */
export interface HistoryParams {
  /** The entry to open: an operation's id, or a backup's. */
  operation?: string;
  backup?: string;
  environment?: string;
  agent?: string;
  kind?: EntryKind;
  outcome?: EntryOutcome;
  actor?: string;
  days?: number | undefined;
  /** From the first moment to the first that does not belong to it, RFC 3339. */
  from?: string | undefined;
  until?: string | undefined;
  search?: string;
}

/** Every screen, and what it can be opened with. All of it goes into `history.state`: plain data only. */
export interface ScreenParams {
  /** With an action: that is begun for this agent there. */
  overview: { act?: "export" | "back_up"; environment?: string; agent?: string };
  promote: { from?: string; to?: string; agents?: string[]; reason?: string };
  import: { path?: string; to?: string };
  restore: { backup?: string; file?: string; to?: string; only?: string };
  batch: { of?: BatchPlan };
  compare: { left?: ComparedSide; right?: ComparedSide };
  history: HistoryParams;
  environments: { environment?: string; add?: boolean; section?: "sandbox" };
  settings: { section?: string };
}

export type ScreenName = keyof ScreenParams;

interface Visit {
  screen: ScreenName;
  params: ScreenParams[ScreenName];
}

/** The screens of the navigation. */
export const screenNames = [
  "overview", "promote", "import", "compare", "history", "environments", "settings",
] as const satisfies readonly ScreenName[];

/** Screens that are only reached from others. */
const inner = ["restore", "batch"] as const satisfies readonly ScreenName[];

/** Asked before the screen is left. False keeps the person there; `leave` goes on where they wanted to go. */
export type Guard = (leave: () => void) => boolean;

class Router {
  #guard: Guard | null = null;
  #visit = $state.raw<Visit>(readState(history.state));
  #count = $state(0);

  constructor() {
    history.replaceState(this.#visit, "");
    addEventListener("popstate", (event) => this.#pop(readState(event.state)));
  }

  get screen(): ScreenName {
    return this.#visit.screen;
  }

  get params(): ScreenParams[ScreenName] {
    return this.#visit.params;
  }

  /** Counts the visits: a screen is built anew with each. */
  get visits(): number {
    return this.#count;
  }

  /** Opens a screen; Back leads to the one before. */
  go<S extends ScreenName>(screen: S, params?: ScreenParams[S]): void {
    const visit = { screen, params: $state.snapshot(params ?? {}) as ScreenParams[S] };
    if (this.#mayLeave(visit)) this.#enter(visit);
  }

  /** Remembers where on its screen a person is, so that Back leads there; the screen stays as it stands. */
  replace<S extends ScreenName>(screen: S, params: ScreenParams[S]): void {
    if (screen !== this.#visit.screen) return;
    this.#visit = { screen, params: $state.snapshot(params) as ScreenParams[S] };
    history.replaceState(this.#visit, "");
  }

  back(): void {
    history.back();
  }

  /** Asks before this screen is left, as a form with unsaved changes does; returns what ends that. */
  guard(guard: Guard): () => void {
    this.#guard = guard;
    return () => {
      if (this.#guard === guard) this.#guard = null;
    };
  }

  #mayLeave(visit: Visit): boolean {
    return this.#guard?.(() => this.#enter(visit)) ?? true;
  }

  /** Back and Forward have happened already when they are heard: who stays is put back on top. */
  #pop(visit: Visit): void {
    if (this.#mayLeave(visit)) this.#show(visit);
    else history.pushState(this.#visit, "");
  }

  #enter(visit: Visit): void {
    history.pushState(visit, "");
    this.#show(visit);
  }

  #show(visit: Visit): void {
    this.#guard = null;
    this.#visit = visit;
    this.#count += 1;
  }
}

function readState(state: unknown): Visit {
  const candidate = state as Partial<Visit> | null;
  const known = candidate?.screen !== undefined && ([...screenNames, ...inner] as string[]).includes(candidate.screen);
  return known ? (candidate as Visit) : { screen: "overview", params: {} };
}

export const router = new Router();
