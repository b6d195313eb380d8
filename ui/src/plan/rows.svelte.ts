import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { ErrorReport, GroupView, PlanTicket, PlanView, RowGroup, RowView } from "../contract";
import { host, toErrorReport } from "../host/host";
import { foldedAtFirst } from "./groups";

/** How many rows the engine answers at once. */
const PIECE = 200;

/** What stands at a line of the table: a group's head, or one of its rows. */
export type TableLine =
  | { kind: "group"; group: GroupView; total: number }
  | { kind: "row"; group: GroupView; position: number };

/** The rows that one search finds, fetched in pieces as they come into sight. */
interface Found {
  search: string;
  totals: Readonly<Partial<Record<RowGroup, number>>>;
  pieces: SvelteMap<string, readonly RowView[]>;
}

/** The rows of a plan, of which the page holds only those that were looked at. */
export class PlanRows {
  readonly #view: PlanView;
  readonly #folded: SvelteSet<RowGroup>;
  readonly #asked = new SvelteSet<string>();
  #found = $state.raw<Found>() as Found;
  #wanted = "";
  error = $state.raw<ErrorReport | null>(null);

  constructor(view: PlanView) {
    this.#view = view;
    const open = view.groups.filter(({ group }) => !foldedAtFirst.includes(group));
    // Where there is nothing else to see, what is the same is worth seeing.
    this.#folded = new SvelteSet(open.length > 0 ? foldedAtFirst : []);
    this.#found = this.#everything();
  }

  get search(): string {
    return this.#found.search;
  }

  /** How many rows match the search. */
  get matches(): number {
    return this.#shown.reduce((sum, group) => sum + this.total(group.group), 0);
  }

  total(group: RowGroup): number {
    return this.#found.totals[group] ?? 0;
  }

  isFolded(group: RowGroup): boolean {
    return this.#folded.has(group);
  }

  fold(group: RowGroup): void {
    if (!this.#folded.delete(group)) this.#folded.add(group);
  }

  /** How many places the table has: the heads, and the rows of what is open. */
  get length(): number {
    return this.#shown.reduce((sum, group) => sum + 1 + this.#openRows(group), 0);
  }

  at(index: number): TableLine | undefined {
    let rest = index;
    for (const group of this.#shown) {
      if (rest === 0) return { kind: "group", group, total: this.total(group.group) };
      const rows = this.#openRows(group);
      if (rest <= rows) return { kind: "row", group, position: rest - 1 };
      rest -= rows + 1;
    }
    return undefined;
  }

  /** A row, or undefined while it is being fetched. */
  row(group: RowGroup, position: number): RowView | undefined {
    return this.#found.pieces.get(pieceName(group, position))?.[position % PIECE];
  }

  /** Fetches what these places need. */
  want(first: number, last: number): void {
    for (let index = first; index <= last; index += 1) {
      const line = this.at(index);
      if (line?.kind === "row") void this.#fetch(this.#found, line.group.group, line.position);
    }
  }

  /** Shows only rows that contain this. What was shown stays until the answer is there. */
  async find(search: string): Promise<void> {
    this.#wanted = search;
    if (search === "") {
      this.#found = this.#everything();
      return;
    }
    const pieces = new SvelteMap<string, readonly RowView[]>();
    try {
      const totals = await Promise.all(this.#view.groups.map(async ({ group }) => {
        const { total, rows } = await this.#ask(group, search, 0);
        pieces.set(pieceName(group, 0), rows);
        return [group, total] as const;
      }));
      if (this.#wanted === search) this.#found = { search, totals: Object.fromEntries(totals), pieces };
    } catch (thrown) {
      if (this.#wanted === search) this.error = toErrorReport(thrown);
    }
  }

  /** After an error: asks again for what is in sight. */
  async again(): Promise<void> {
    this.error = null;
    this.#asked.clear();
    await this.find(this.#wanted);
  }

  get #shown(): GroupView[] {
    return this.#view.groups.filter(({ group }) => this.total(group) > 0);
  }

  #openRows({ group }: GroupView): number {
    const folded = this.#folded.has(group) && this.#found.search === "";
    return folded ? 0 : this.total(group);
  }

  #everything(): Found {
    this.#asked.clear();
    const totals = Object.fromEntries(this.#view.groups.map(({ group, count }) => [group, count]));
    return { search: "", totals, pieces: new SvelteMap() };
  }

  async #fetch(found: Found, group: RowGroup, position: number): Promise<void> {
    const name = pieceName(group, position);
    const asked = `${found.search}/${name}`;
    if (found.pieces.has(name) || this.#asked.has(asked)) return;
    this.#asked.add(asked);
    try {
      const { rows } = await this.#ask(group, found.search, Math.floor(position / PIECE) * PIECE);
      found.pieces.set(name, rows);
    } catch (thrown) {
      this.error = toErrorReport(thrown);
    }
  }

  #ask(group: RowGroup, search: string, from: number) {
    return host().call("plan_rows", { plan: this.#view.plan, group, search, from });
  }
}

/** All rows of a group, piece by piece. */
export async function* rowsOf(plan: PlanTicket, group: RowGroup): AsyncIterable<readonly RowView[]> {
  for (let from = 0, total = 1; from < total; from += PIECE) {
    const answer = await host().call("plan_rows", { plan, group, search: "", from });
    total = answer.total;
    yield answer.rows;
  }
}

/** The keys of all rows of a group, piece by piece. */
export async function* keysOf(plan: PlanTicket, group: RowGroup): AsyncIterable<readonly string[]> {
  for await (const rows of rowsOf(plan, group)) yield rows.map((row) => row.key);
}

/** The keys of the rows of a group that are about this, piece by piece. */
export async function* keysAbout(plan: PlanTicket, group: RowGroup, subject: string): AsyncIterable<readonly string[]> {
  for await (const rows of rowsOf(plan, group)) yield rows.filter((row) => row.subject === subject).map((row) => row.key);
}

function pieceName(group: RowGroup, position: number): string {
  return `${group}/${String(Math.floor(position / PIECE))}`;
}
