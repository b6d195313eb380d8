import { SvelteMap } from "svelte/reactivity";
import { host } from "../../host/host";
import { agents } from "../../state/agents.svelte";
import { environments } from "../../state/start.svelte";

/** What happened in an environment while the window was closed. */
interface Happened {
  since: string;
  came: readonly string[];
  gone: readonly string[];
  /** How many changes the history has since then, made in a terminal or a pipeline. */
  changes: number;
}

/** What is different from when the window was closed, until the person has read it. */
class Away {
  #dismissed = $state(false);
  #changes = new SvelteMap<string, number>();
  #asked = new Set<string>();
  readonly #start = new Date().toISOString();

  /** Null where nothing happened, or where nobody had looked before. */
  of(environment: string): Happened | null {
    const view = agents.of(environment)?.away;
    if (!view || this.#dismissed) return null;
    const changes = this.#changes.get(environment) ?? 0;
    return view.came.length + view.gone.length + changes > 0 ? { ...view, changes } : null;
  }

  dismiss(): void {
    this.#dismissed = true;
  }

  /** Asks the history, once for each environment, what was changed there since. */
  look(): void {
    for (const { id } of environments.items) {
      const since = agents.of(id)?.away?.since;
      if (since === undefined || this.#asked.has(id)) continue;
      this.#asked.add(id);
      void this.#count(id, since);
    }
  }

  async #count(environment: string, since: string): Promise<void> {
    const anything = { agent: null, kind: null, outcome: null, actor: null, search: "", skip: 0 };
    try {
      const { total } = await host().call("history_list", { ...anything, environment, from: since, until: this.#start });
      this.#changes.set(environment, total);
    } catch {
      // A history that cannot be read is told on its own screen; here it only has nothing to add.
      this.#changes.delete(environment);
    }
  }
}

export const away = new Away();
