import type { EnvironmentView, ErrorCode, KeyView } from "../../contract";
import { agents } from "../../state/agents.svelte";
import { differences } from "./differences.svelte";
import { environments, keychain } from "../../state/start.svelte";

/** What is known of an agent in an environment. */
export type Cell =
  | { kind: "present" | "missing"; stale: boolean }
  /** Compared with the stage right before. */
  | { kind: "same" }
  | { kind: "differs"; differences: number }
  /** It is there; beside the stage before it cannot be told. */
  | { kind: "uncompared"; message: string }
  | { kind: "unknown"; code: ErrorCode; message: string }
  | { kind: "loading" };

const order = new Intl.Collator("en", { numeric: true });

/** Every agent that any environment has. */
export function allAgents(): string[] {
  const ids = new Set(environments.items.flatMap(({ id }) => agents.of(id)?.agents ?? []));
  return [...ids].sort(order.compare);
}

/** Sets to look an agent up in: a table of hundreds asks often. */
export function agentSets(): Map<string, Set<string>> {
  return new Map(environments.items.map(({ id }) => [id, new Set(agents.of(id)?.agents ?? [])]));
}

export function cellOf(agent: string, environment: EnvironmentView, sets: Map<string, Set<string>>): Cell {
  const error = agents.error(environment.id);
  if (agents.of(environment.id)) {
    const there = sets.get(environment.id)?.has(agent);
    return (there && !error && compared(agent, environment)) || { kind: there ? "present" : "missing", stale: error !== undefined };
  }
  if (error) return { kind: "unknown", code: error.code, message: error.message };
  // A keychain that is still being asked says later whether there is a key.
  if (environment.key.state === "stored" || environment.key.state === "asking") return { kind: "loading" };
  return { kind: "unknown", ...withoutKey(environment.key) };
}

/** What the last comparison says of an agent that is there; a list that is newer wins. */
function compared(agent: string, { id }: EnvironmentView): Cell | undefined {
  const cell = differences.cell(agent, id);
  switch (cell?.state) {
    case "same": return { kind: "same" };
    case "differs": return { kind: "differs", differences: cell.differences };
    case "unknown": return { kind: "uncompared", message: cell.message };
    default: return undefined;
  }
}

/** Whether an agent is the same wherever it could be compared, and missing nowhere. */
export function isSame(agent: string, sets: Map<string, Set<string>>): boolean {
  return environments.items.every((environment, nth) => {
    const { kind } = cellOf(agent, environment, sets);
    return kind === "same" || (kind === "present" && nth === 0);
  });
}

const keyCodes = { missing: "api_key_missing", locked: "keychain_locked", silent: "keychain_silent", absent: "keychain_absent" } as const;

type NoKey = Exclude<KeyView, { state: "stored" | "asking" }>;

function withoutKey(key: NoKey): { code: ErrorCode; message: string } {
  return key.state === "failed" ? key.error : { code: keyCodes[key.state], message: "" };
}

/** Asks every environment with a key for its agents that has not been asked yet. */
export function loadMissing(): void {
  for (const { id, key } of environments.items) {
    if (key.state === "stored" && !agents.of(id) && !agents.error(id)) void agents.refresh(id);
  }
}

/** Asks all of them anew: how far it came is told after each. */
export async function askAgain(onstep: (done: number, all: number) => void): Promise<void> {
  // What was in the way of the keys may be gone by now.
  if (keychain.isUnwell) await keychain.refresh();
  const asked = environments.items.filter(({ key }) => key.state === "stored");
  let done = 0;
  onstep(done, asked.length);
  await Promise.all(
    asked.map(async ({ id }) => {
      if (environments.asksForKey(id)) await environments.ask(id);
      else await Promise.all([environments.check(id), agents.refresh(id)]);
      done += 1;
      onstep(done, asked.length);
    }),
  );
}

/** When the oldest of the lists that are shown was made. */
export function oldest(): string | undefined {
  return environments.items
    .map(({ id }) => agents.of(id)?.at)
    .filter((at) => at !== undefined)
    .sort()[0];
}
