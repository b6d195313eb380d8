import type { CellView, OverviewView, StageView } from "../../contract";
import { host } from "../../host/host";
import { Task } from "../../host/task.svelte";
import { agents } from "../../state/agents.svelte";
import { environments } from "../../state/start.svelte";

/** So many agents are compared without being told to; more of them are many requests to somebody's server. */
const MOST_UNASKED = 2_000;

/** How each agent stands beside the stage before, as the last reading found it. */
class Differences {
  #reading = new Task<OverviewView>();
  #done = $state(0);
  #items = $state(0);
  #cells = $derived(cellsOf(this.#reading.value));

  /** When the last reading ended; undefined before the first. */
  get at(): string | undefined {
    return this.#reading.value?.at;
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
    const { error } = this.#reading;
    return error?.code === "interrupted" ? null : error;
  }

  /** How many agents there are to be compared, in all environments together. */
  get size(): number {
    return environments.items.reduce((sum, { id }) => sum + (agents.of(id)?.agents.length ?? 0), 0);
  }

  /** Whether reading them is left to a person. */
  get isLarge(): boolean {
    return this.size > MOST_UNASKED;
  }

  cell(agent: string, environment: string): CellView | undefined {
    return this.#cells.get(environment)?.get(agent);
  }

  stage(environment: string): StageView | undefined {
    return this.#reading.value?.stages.find((stage) => stage.environment === environment);
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
  }
}

function cellsOf(view: OverviewView | null): Map<string, Map<string, CellView>> {
  const columns = (view?.stages ?? []).map(({ environment }, nth): [string, Map<string, CellView>] => {
    const cells = (view?.rows ?? []).flatMap(({ agent, cells }): [string, CellView][] => (cells[nth] ? [[agent, cells[nth]]] : []));
    return [environment, new Map(cells)];
  });
  return new Map(columns);
}

export const differences = new Differences();
