import type { EntryView, ErrorReport } from "../../contract";
import { host, toErrorReport } from "../../host/host";

/** The backups that a comparison can take, newest first: those of their own, and those from before a change. */
export class Backups {
  items = $state.raw<readonly EntryView[]>([]);
  loading = $state(true);
  error = $state.raw<ErrorReport | null>(null);
  #total = $state(0);
  /** How many entries of the history were read; not each has a backup. */
  #read = $state(0);
  #asked = 0;

  get hasOlder(): boolean {
    return this.#read < this.#total;
  }

  /** Finds anew from the newest on, or goes on where it stopped. */
  async find(search: string, goOn = false): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const skip = goOn ? this.#read : 0;
    this.loading = true;
    try {
      const answer = await host().call("history_list", {
        environment: null, agent: null, kind: null, outcome: null, actor: null, from: null, until: null, search: search.trim(), skip,
      });
      if (asked !== this.#asked) return;
      const found = answer.entries.filter((entry) => entry.backup !== null);
      const known = goOn ? this.items.map((item) => item.backup) : [];
      this.items = [...(goOn ? this.items : []), ...found.filter((entry) => !known.includes(entry.backup))];
      this.#read = skip + answer.entries.length;
      this.#total = answer.total;
      this.error = null;
    } catch (thrown) {
      if (asked === this.#asked) this.error = toErrorReport(thrown);
    } finally {
      if (asked === this.#asked) this.loading = false;
    }
  }
}
