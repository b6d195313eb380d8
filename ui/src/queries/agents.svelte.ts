import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { AgentsView, ErrorReport } from "../contract";
import { host, toErrorReport } from "../host/host";
import { overviewText } from "../text/en/overview";

/** The agents of each environment, as its server last said. */
class Agents {
  #views = new SvelteMap<string, AgentsView>();
  #errors = new SvelteMap<string, ErrorReport>();
  #loading = new SvelteSet<string>();
  #lost = new SvelteMap<string, string>();

  /** The last list; it stays while it is asked for anew, and when that fails. */
  of(environment: string): AgentsView | undefined {
    return this.#views.get(environment);
  }

  /** That its server has no agent at all any more and had some before, as the history or this session knows; else null. */
  lost(environment: string): string | null {
    return this.#views.get(environment)?.lost ?? this.#lost.get(environment) ?? null;
  }

  /** Why the last try failed. */
  error(environment: string): ErrorReport | undefined {
    return this.#errors.get(environment);
  }

  isLoading(environment: string): boolean {
    return this.#loading.has(environment);
  }

  async refresh(environment: string): Promise<void> {
    if (this.#loading.has(environment)) return;
    this.#loading.add(environment);
    try {
      const before = this.#views.get(environment)?.agents.length ?? 0;
      const view = await host().call("agent_list", { id: environment });
      this.#views.set(environment, view);
      if (view.agents.length > 0) this.#lost.delete(environment);
      else if (before > 0) this.#lost.set(environment, overviewText.lostAll(before));
      this.#errors.delete(environment);
    } catch (thrown) {
      this.#errors.set(environment, toErrorReport(thrown));
    } finally {
      this.#loading.delete(environment);
    }
  }

  /** Forgets an environment that is gone, or whose server is another one now. */
  forget(environment: string): void {
    this.#views.delete(environment);
    this.#lost.delete(environment);
    this.#errors.delete(environment);
  }
}

export const agents = new Agents();
