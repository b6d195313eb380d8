import type { BackupView, EntryView, ErrorReport, HistoryRequest, HistoryView } from "../../contract";
import { host } from "../../host/host";
import { Task } from "../../host/task.svelte";
import type { HistoryParams } from "../../state/router.svelte";
import { daysAgo } from "./when";

/** What the history can be narrowed down to. */
export type Filter = Omit<HistoryParams, "operation" | "backup">;

/** What the history was last narrowed down to: it stands like that again when a person comes back. */
export const lastFilter = { value: {} as Filter };

/** The entries that match a filter, as far as they were fetched. */
export class Entries {
  filter = $state.raw<Filter>({});
  items = $state.raw<readonly EntryView[]>([]);
  /** The last answer besides its entries: totals, and what the filters offer. Null before the first. */
  facets = $state.raw<Omit<HistoryView, "entries"> | null>(null);
  #newest = new Task<HistoryView>();
  #older = new Task<HistoryView>();

  constructor(filter: Filter) {
    this.filter = filter;
  }

  /** Also before it was begun: nothing is known yet. */
  get loading(): boolean {
    return this.#newest.busy || (this.#newest.value === null && this.error === null);
  }

  get error(): ErrorReport | null {
    return this.#newest.error;
  }

  get loadingOlder(): boolean {
    return this.#older.busy;
  }

  get olderError(): ErrorReport | null {
    return this.#older.error;
  }

  get isFiltered(): boolean {
    return Object.values(this.filter).some((value) => value !== undefined && value !== "");
  }

  get hasOlder(): boolean {
    return this.items.length < (this.facets?.total ?? 0);
  }

  /** Fetches from the newest on; what is shown stays until the answer is there. */
  async load(): Promise<void> {
    // Older ones of an earlier filter come too late to be shown.
    this.#older.clear();
    const answer = await this.#newest.run(() => host().call("history_list", this.#request(0)));
    if (!answer) return;
    const { entries, ...facets } = answer;
    this.items = entries;
    this.facets = facets;
  }

  async showOlder(): Promise<void> {
    if (this.loadingOlder) return;
    const answer = await this.#older.run(() => host().call("history_list", this.#request(this.items.length)));
    if (!answer) return;
    const { entries, ...facets } = answer;
    // An entry that was added meanwhile moves the others on: none may stand here twice.
    const known = this.items.map((item) => item.id);
    this.items = [...this.items, ...entries.filter((entry) => !known.includes(entry.id))];
    this.facets = facets;
  }

  /** Takes over a backup's new words and pin without asking for the list again. */
  amend(backup: BackupView): void {
    this.items = this.items.map((item) => (item.backup === backup.id ? amended(item, backup) : item));
  }

  #request(skip: number): HistoryRequest {
    const { environment, agent, kind, outcome, actor, days, from, until, search } = this.filter;
    const since = days === undefined ? from : daysAgo(days);
    return {
      environment: environment ?? null,
      agent: agent ?? null,
      kind: kind ?? null,
      outcome: outcome ?? null,
      actor: actor ?? null,
      from: since ?? null,
      until: until ?? null,
      search: search?.trim() ?? "",
      skip,
    };
  }
}

/** An entry with what its backup says now. The words on the backup from before a change are no words of the change. */
export function amended(entry: EntryView, { title, note, pinned }: BackupView): EntryView {
  return entry.kind === "backup" ? { ...entry, title, note, pinned } : { ...entry, pinned };
}
