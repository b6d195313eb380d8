import type { CommandName, Commands, ErrorReport, EventName, Events, Progress } from "../contract";
import type { Host } from "./host";

interface RecordedCall {
  command: string;
  request: unknown;
  progress?: unknown[];
  answer?: unknown;
  error?: ErrorReport;
  /** Never answers, so that a test can look at what stands meanwhile. */
  pending?: boolean;
}

interface RecordedEvent {
  event: string;
  payload: unknown;
  /** Sent once this command has been answered; without it, as soon as somebody listens. */
  after?: string;
}

/** What the engine answered once, in the order in which it did. */
export interface Scenario {
  name: string;
  calls: RecordedCall[];
  events: RecordedEvent[];
}

interface RecordedWindow {
  __unrecorded?: string[];
  __calls?: { command: string; request: unknown }[];
  __emit?: (event: string, payload: unknown) => void;
}

/** Commands that answer nothing, and that a page sends when it sees fit: how often hangs on how fast somebody types. */
const unanswered: readonly string[] = ["draft_save", "plan_discard", "text_copy", "window_unsaved"];

/** A host that answers from a scenario, for page tests in a plain browser. */
export class RecordedHost implements Host {
  readonly #scenario: Scenario;
  readonly #used = new Set<RecordedCall>();
  readonly #listeners = new Map<string, Set<(payload: never) => void>>();
  readonly #window = window as RecordedWindow;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#window.__unrecorded = [];
    this.#window.__calls = [];
    this.#window.__emit = (event, payload) => this.#emit(event, payload);
  }

  async call<C extends CommandName>(
    command: C,
    request: Commands[C]["request"],
    onProgress?: (event: Progress) => void,
  ): Promise<Commands[C]["answer"]> {
    this.#window.__calls?.push({ command, request });
    const recorded = this.#take(command, request);
    if (!recorded && unanswered.includes(command)) return null as Commands[C]["answer"];
    if (!recorded) throw this.#notRecorded(command, request);
    await Promise.resolve();
    for (const event of recorded.progress ?? []) onProgress?.(event as Progress);
    if (recorded.pending) return new Promise(() => undefined);
    if (recorded.error) throw recorded.error;
    this.#sendAfter(command);
    return recorded.answer as Commands[C]["answer"];
  }

  listen<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(event, listeners);
    for (const recorded of this.#scenario.events) {
      if (recorded.event === event && !recorded.after) queueMicrotask(() => listener(recorded.payload as Events[E]));
    }
    return () => listeners.delete(listener);
  }

  /** The first unused equal call; when all are used, the last one answers again. */
  #take(command: string, request: unknown): RecordedCall | undefined {
    const wanted = canonical(request);
    const equal = this.#scenario.calls.filter((call) => call.command === command && canonical(call.request) === wanted);
    const call = equal.find((candidate) => !this.#used.has(candidate)) ?? equal.at(-1);
    if (call) this.#used.add(call);
    return call;
  }

  #notRecorded(command: string, request: unknown): ErrorReport {
    const asked = `${command} ${canonical(request)}`;
    this.#window.__unrecorded?.push(asked);
    return { code: "internal", message: `The scenario holds no answer to ${asked}`, hint: null, details: [this.#scenario.name] };
  }

  #sendAfter(command: string): void {
    for (const recorded of this.#scenario.events) {
      if (recorded.after === command) setTimeout(() => this.#emit(recorded.event, recorded.payload));
    }
  }

  #emit(event: string, payload: unknown): void {
    this.#listeners.get(event)?.forEach((listener) => listener(payload as never));
  }
}

/** One text for equal values: keys in order, and nothing where a key is undefined. */
function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

export async function loadScenario(name: string): Promise<Scenario> {
  const answer = await fetch(`recorded/${encodeURIComponent(name)}.json`);
  if (!answer.ok) throw new Error(`No scenario "${name}": HTTP ${String(answer.status)}`);
  return (await answer.json()) as Scenario;
}
