import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { AgentsView, ErrorCode, ErrorReport } from "../contract";
import { exactTime } from "../components/time";
import { host, toErrorReport } from "../host/host";
import { overviewText } from "../text/en/overview";

/** The agents of each environment, as its server last said. */
class Agents {
  #views = new SvelteMap<string, AgentsView>();
  #errors = new SvelteMap<string, ErrorReport>();
  #loading = new SvelteSet<string>();

  /** The last list; it stays while it is asked for anew, and when that fails. */
  of(environment: string): AgentsView | undefined {
    return this.#views.get(environment);
  }

  /** That its server has no agent at all any more and had some before, one sentence; else null. */
  lost(environment: string): string | null {
    const lost = this.#views.get(environment)?.lost;
    return lost ? overviewText.lost(lost.agents, exactTime(new Date(lost.at))) : null;
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
      this.#views.set(environment, await host().call("agent_list", { id: environment }));
      this.#errors.delete(environment);
    } catch (thrown) {
      this.#errors.set(environment, toErrorReport(thrown));
    } finally {
      this.#loading.delete(environment);
    }
  }

  /** Asks again where one of these was what was in the way. */
  async retry(codes: readonly ErrorCode[]): Promise<void> {
    const failed = [...this.#errors].filter(([, error]) => codes.includes(error.code));
    await Promise.all(failed.map(([environment]) => this.refresh(environment)));
  }

  /** Forgets an environment that is gone, or whose server is another one now. */
  forget(environment: string): void {
    this.#views.delete(environment);
    this.#errors.delete(environment);
  }
}

export const agents = new Agents();
