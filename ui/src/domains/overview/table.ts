import type { CellView, ErrorCode, KeyView } from "../../contract";
import { agents } from "../../state/agents.svelte";
import { environments, keychain } from "../../state/start.svelte";
import { differences } from "./differences.svelte";
import type { AgentRow } from "./rows";

/** What is known of an agent in an environment. */
export type Cell =
  | { kind: "present" | "missing"; stale: boolean }
  /** The first stage that has it: nothing right before it to compare with. */
  | { kind: "first"; resources: number | null; isFirstStage: boolean; stale: boolean }
  /** Compared with the stage right before. */
  | { kind: "same"; accepted: number; stale: boolean }
  | { kind: "differs"; differences: number; accepted: number; stale: boolean }
  /** It is there; beside the stage before it cannot be told. */
  | { kind: "uncompared"; message: string }
  | { kind: "unknown"; code: ErrorCode; message: string }
  | { kind: "loading" };

/** Sets to look an agent up in: a table of hundreds asks often. */
export function agentSets(): Map<string, Set<string>> {
  return new Map(environments.items.map(({ id }) => [id, new Set(agents.of(id)?.agents ?? [])]));
}

export function cellOf(row: AgentRow, nth: number, sets: Map<string, Set<string>>): Cell {
  const environment = environments.items[nth];
  if (!environment) return { kind: "loading" };
  const error = agents.error(environment.id);
  const read = compared(row, environment.id, differences.isLast);
  if (agents.of(environment.id)) {
    const there = sets.get(environment.id)?.has(row.ids[nth] ?? "");
    return (there && !error && read) || { kind: there ? "present" : "missing", stale: error !== undefined };
  }
  if (error) return { kind: "unknown", code: error.code, message: error.message };
  // What was read before this start stands there until it is known anew.
  if (read && read.kind !== "uncompared") return read;
  // A keychain that is still being asked says later whether there is a key.
  if (environment.key.state === "stored" || environment.key.state === "asking") return { kind: "loading" };
  return { kind: "unknown", ...withoutKey(environment.key) };
}

/** What the last reading says of an agent; a list that is newer wins. */
function compared({ read }: AgentRow, environment: string, stale: boolean): Cell | undefined {
  const cell = differences.cell(read, environment);
  return cell && read && fromReading(cell, read.resources, environment === environments.items[0]?.id, stale);
}

function fromReading(cell: CellView, resources: number | null, isFirstStage: boolean, stale: boolean): Cell {
  switch (cell.state) {
    case "first": return { kind: "first", resources, isFirstStage, stale };
    case "same": return { kind: "same", accepted: cell.accepted, stale };
    case "differs": return { kind: "differs", differences: cell.differences, accepted: cell.accepted, stale };
    case "missing": return { kind: "missing", stale };
    case "unknown": return { kind: "uncompared", message: cell.message };
  }
}

/** Whether an agent is the same wherever it could be compared, and missing nowhere. */
export function isSame(row: AgentRow, sets: Map<string, Set<string>>): boolean {
  return row.ids.every((_, nth) => {
    const { kind } = cellOf(row, nth, sets);
    return kind === "same" || ((kind === "present" || kind === "first") && nth === 0);
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
