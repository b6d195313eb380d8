import type { CommandName, Commands, ErrorReport, EventName, Events, Progress } from "../contract";

/** The one way from the page to the engine. */
export interface Host {
  /** Rejects with an ErrorReport, and with nothing else, where `host()` gave it. */
  call<C extends CommandName>(
    command: C,
    request: Commands[C]["request"],
    onProgress?: (event: Progress) => void,
  ): Promise<Commands[C]["answer"]>;

  /** Returns what ends the listening. */
  listen<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void;
}

let current: Host | undefined;
let heard: (error: ErrorReport) => void = () => undefined;

/** Said once, by main.ts, before anything is mounted. */
export function setHost(host: Host): void {
  current = {
    async call(command, request, onProgress) {
      try {
        return await host.call(command, request, onProgress);
      } catch (thrown) {
        const error = toErrorReport(thrown);
        heard(error);
        throw error;
      }
    },
    listen: (event, listener) => host.listen(event, listener),
  };
}

/** Tells a listener of every command that was refused, whoever gave it: an error may tell of more than its own command. */
export function hearRefusals(listener: (error: ErrorReport) => void): void {
  heard = listener;
}

export function host(): Host {
  if (!current) throw new Error("The page was started without a host.");
  return current;
}

/** Whatever was thrown, as something that a person can be shown. */
export function toErrorReport(thrown: unknown): ErrorReport {
  if (isErrorReport(thrown)) return thrown;
  return {
    code: "internal",
    message: "Something went wrong inside aidb.",
    hint: "Nothing more was sent to a server. Try again; if it stays, save a support bundle under Settings.",
    details: [thrown instanceof Error ? thrown.message : String(thrown)],
  };
}

function isErrorReport(value: unknown): value is ErrorReport {
  return typeof value === "object" && value !== null && "code" in value && "message" in value && "details" in value;
}
