import type { CellView, OverviewRowView, OverviewView, StageView } from "../../contract";
import { host } from "../../host/host";
import { Task } from "../../host/task.svelte";
import { agents } from "../../state/agents.svelte";
import { environments } from "../../state/start.svelte";

/** So many agents are compared without being told to; more of them are many requests to somebody's server. */
const MOST_UNASKED = 2_000;

/** How each agent stands beside the stage before, as the last reading found it: this start's, or else one from before it. */
class Differences {
  #reading = new Task<OverviewView>();
  #last = new Task<OverviewView | null>();
  #done = $state(0);
  #items = $state(0);
  #stages = $derived(new Map(this.view?.stages.map(({ environment }, nth) => [environment, nth])));

  /** What is known; null before anything is. */
  get view(): OverviewView | null {
    return this.#reading.value ?? this.#last.value;
  }

  get rows(): readonly OverviewRowView[] {
    return this.view?.rows ?? [];
  }

  /** When it was read. */
  get at(): string | undefined {
    return this.view?.at;
  }

  /** It is from before this start. */
  get isLast(): boolean {
    return this.#reading.value === null && this.#last.value !== null;
  }

  get busy(): boolean {
    return this.#reading.busy;
  }

  get done(): number {
    return this.#done;
  }

  get items(): number {
    return this.#items;
  }

  /** Why the last reading failed; that a person stopped it is no failure. */
  get error() {
    const error = this.#reading.error ?? this.#last.error;
    return error?.code === "interrupted" ? null : (error ?? this.#reading.value?.unkept ?? null);
  }

  /** How many agents there are to be compared, in all environments together. */
  get size(): number {
    return environments.items.reduce((sum, { id }) => sum + (agents.of(id)?.agents.length ?? 0), 0);
  }

  /** Whether reading them is left to a person. */
  get isLarge(): boolean {
    return this.size > MOST_UNASKED;
  }

  /** How many agents differ or are missing in some stage. */
  get differing(): number {
    return this.rows.filter(({ cells }) => cells.some(({ state }) => state === "differs")).length;
  }

  cell(row: OverviewRowView | undefined, environment: string): CellView | undefined {
    const nth = this.#stages.get(environment);
    return nth === undefined ? undefined : row?.cells[nth];
  }

  stage(environment: string): StageView | undefined {
    return this.view?.stages.find((stage) => stage.environment === environment);
  }

  /** Fetches what was read before this start, once. */
  async begin(): Promise<void> {
    if (this.view === null && !this.#last.busy) await this.#last.run(() => host().call("overview_last", null));
  }

  async read(): Promise<void> {
    this.#done = this.#items = 0;
    await this.#reading.run(() =>
      host().call("overview_read", null, ({ done, items }) => {
        this.#done = done;
        this.#items = items;
      }),
    );
  }

  async stop(): Promise<void> {
    await host().call("overview_stop", null);
  }

  dismiss(): void {
    this.#reading.error = null;
    this.#last.error = null;
    if (this.#reading.value?.unkept) this.#reading.value = { ...this.#reading.value, unkept: null };
  }
}

export const differences = new Differences();
