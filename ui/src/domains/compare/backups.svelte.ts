import type { EntryView, ErrorReport, HistoryView } from "../../contract";
import { host } from "../../host/host";
import { Task } from "../../host/task.svelte";

/** The backups that a comparison can take, newest first: those of their own, and those from before a change. */
export class Backups {
  items = $state.raw<readonly EntryView[]>([]);
  #total = $state(0);
  /** How many entries of the history were read; not each has a backup. */
  #read = $state(0);
  #finding = new Task<HistoryView>();

  /** Also before it was begun: nothing is known yet. */
  get loading(): boolean {
    return this.#finding.busy || (this.#finding.value === null && this.error === null);
  }

  get error(): ErrorReport | null {
    return this.#finding.error;
  }

  get hasOlder(): boolean {
    return this.#read < this.#total;
  }

  /** Finds anew from the newest on, or goes on where it stopped. */
  async find(search: string, goOn = false): Promise<void> {
    const skip = goOn ? this.#read : 0;
    const answer = await this.#finding.run(() => host().call("history_list", {
      environment: null, agent: null, kind: null, outcome: null, actor: null, from: null, until: null, search: search.trim(), skip,
    }));
    if (!answer) return;
    const found = answer.entries.filter((entry) => entry.backup !== null);
    const known = goOn ? this.items.map((item) => item.backup) : [];
    this.items = [...(goOn ? this.items : []), ...found.filter((entry) => !known.includes(entry.backup))];
    this.#read = skip + answer.entries.length;
    this.#total = answer.total;
  }
}
