import type { AgentStagesView, StagedDifferenceView, StagedItemView } from "../../contract";
import { host } from "../../host/host";
import { Task } from "../../host/task.svelte";
import { environments } from "../../state/start.svelte";
import type { AgentRow } from "./rows";

/** The row that is open, and what its agent says in each environment. */
class Opened {
  #reading = new Task<AgentStagesView>();
  #key = $state<string | null>(null);
  /** Whether what is the same is shown too. */
  all = $state(false);

  get key(): string | null {
    return this.#key;
  }

  get busy(): boolean {
    return this.#reading.busy;
  }

  get error() {
    return this.#reading.error;
  }

  get view(): AgentStagesView | null {
    return this.#reading.value;
  }

  /** Items that are shown: those that differ somewhere, or all. */
  get items(): readonly StagedItemView[] {
    const items = this.view?.items ?? [];
    return this.all ? items : items.filter(differs);
  }

  get same(): number {
    return this.view?.items.filter((item) => !differs(item)).length ?? 0;
  }

  /** Differences of a stage that nobody accepted. */
  open(nth: number): StagedDifferenceView[] {
    return (this.view?.items ?? []).flatMap(({ values }) => values[nth]?.differences ?? []).filter(({ accepted }) => !accepted);
  }

  async toggle(row: AgentRow): Promise<void> {
    if (this.#key === row.key) return this.close();
    this.#reading.clear();
    this.#key = row.key;
    this.all = false;
    await this.read(row);
  }

  async read({ ids, read }: AgentRow): Promise<void> {
    // Where it is: an id that is part of a pair elsewhere is another agent there.
    const nth = Math.max(0, read?.cells.findIndex(({ state }) => state !== "missing") ?? 0);
    const [environment, agent] = [environments.items[nth]?.id, ids[nth]];
    if (environment === undefined || agent === undefined) return;
    await this.#reading.run(() => host().call("agent_stages", { environment, agent }));
  }

  close(): void {
    this.#key = null;
    this.#reading.clear();
  }
}

function differs({ values }: StagedItemView): boolean {
  return values.some(({ differences }) => differences.length > 0);
}

export const opened = new Opened();
