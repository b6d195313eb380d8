import type { OverviewRowView } from "../../contract";
import { agents } from "../../state/agents.svelte";
import { environments } from "../../state/start.svelte";
import { differences } from "./differences.svelte";

/** An agent over all environments; a pair is one. */
export interface AgentRow {
  key: string;
  /** Its id in the first environment that has it. */
  agent: string;
  name: string | null;
  /** Its id in each environment. */
  ids: readonly string[];
  /** What the last reading says of it; undefined where it was not read. */
  read: OverviewRowView | undefined;
}

/** What rows can be sorted by. */
export type Sorting = "id" | "name" | "differences";

const order = new Intl.Collator("en", { numeric: true });

/** Every agent that any environment has: the rows of the last reading, and what the lists have beyond them. */
export function allRows(): AgentRow[] {
  const count = environments.items.length;
  const read = differences.rows.filter((row) => row.ids.length === count && isThere(row)).map(fromReading);
  const claimed = environments.items.map((_, nth) => new Set(read.map(({ ids }) => ids[nth])));
  const further = new Set(
    environments.items.flatMap(({ id }, nth) => (agents.of(id)?.agents ?? []).filter((agent) => !claimed[nth]?.has(agent))),
  );
  const plain = [...further].map((agent) => {
    const ids = environments.items.map(() => agent);
    return { key: keyOf(ids), agent, name: null, ids, read: undefined };
  });
  return [...read, ...plain];
}

/** Whether an agent of the reading is still in any list; where a list is not there yet, the reading counts. */
function isThere(row: OverviewRowView): boolean {
  return environments.items.some(({ id }, nth) => {
    const list = agents.of(id);
    const state = row.cells[nth]?.state;
    return list ? list.agents.includes(row.ids[nth] ?? "") : state !== undefined && state !== "missing";
  });
}

function fromReading(row: OverviewRowView): AgentRow {
  return { key: keyOf(row.ids), agent: row.agent, name: row.name, ids: row.ids, read: row };
}

function keyOf(ids: readonly string[]): string {
  return ids.join("\u0000");
}

/** The ids of an agent, each once. */
export function distinctIds({ ids }: AgentRow): string[] {
  return [...new Set(ids)];
}

/** Whether a row has every word of a filter: in its ids, its name, or its information; `owner:anna` looks in that field alone. */
export function matches(row: AgentRow, filter: string): boolean {
  return filter.toLowerCase().split(/\s+/u).filter(Boolean).every((word) => matchesWord(row, word));
}

function matchesWord(row: AgentRow, word: string): boolean {
  const info = Object.entries(row.read?.info ?? {});
  const [field = "", value] = word.split(/:(.*)/su);
  const texts = [...row.ids, row.name ?? "", ...info.map(([, text]) => text)];
  return (
    texts.some((text) => text.toLowerCase().includes(word)) ||
    (value !== undefined && info.some(([key, text]) => key.toLowerCase() === field && text.toLowerCase().includes(value)))
  );
}

const differing = ({ read }: AgentRow): number =>
  (read?.cells ?? []).reduce((sum, cell) => sum + (cell.state === "differs" ? cell.differences : cell.state === "missing" ? 1 : 0), 0);

/** Sorted in place of their order; equal ones by id. */
export function sorted(rows: readonly AgentRow[], by: Sorting): AgentRow[] {
  const byId = (one: AgentRow, other: AgentRow): number => order.compare(one.agent, other.agent);
  const compare = {
    id: byId,
    name: (one: AgentRow, other: AgentRow) => order.compare(one.name ?? one.agent, other.name ?? other.agent) || byId(one, other),
    differences: (one: AgentRow, other: AgentRow) => differing(other) - differing(one) || byId(one, other),
  }[by];
  return [...rows].sort(compare);
}
