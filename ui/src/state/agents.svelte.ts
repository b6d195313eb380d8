import { SvelteMap } from "svelte/reactivity";
import type { AgentsView, ErrorCode, ErrorReport } from "../contract";
import { exactTime } from "../components/time";
import { host } from "../host/host";
import { Task } from "../host/task.svelte";
import { overviewText } from "../text/en/overview";

/** The agents of each environment, as its server last said. */
class Agents {
  /** By environment. */
  #asked = new SvelteMap<string, Task<AgentsView>>();

  /** The last list; it stays while it is asked for anew, and when that fails. */
  of(environment: string): AgentsView | undefined {
    return this.#asked.get(environment)?.value ?? undefined;
  }

  /** That its server has no agent at all any more and had some before, one sentence; else null. */
  lost(environment: string): string | null {
    const lost = this.of(environment)?.lost;
    return lost ? overviewText.lost(lost.agents, exactTime(new Date(lost.at))) : null;
  }

  /** Why the last try failed. */
  error(environment: string): ErrorReport | undefined {
    return this.#asked.get(environment)?.error ?? undefined;
  }

  isLoading(environment: string): boolean {
    return this.#asked.get(environment)?.busy ?? false;
  }

  /** `ask`: a person wants the list, so the keychain may ask for the key's password. */
  async refresh(environment: string, ask = false): Promise<void> {
    const task = this.#asked.get(environment) ?? new Task<AgentsView>();
    if (task.busy) return;
    this.#asked.set(environment, task);
    await task.run(() => host().call("agent_list", ask ? { id: environment, ask } : { id: environment }));
  }

  /** Asks again where one of these was what was in the way. */
  async retry(codes: readonly ErrorCode[]): Promise<void> {
    const failed = [...this.#asked].filter(([, { error }]) => error && codes.includes(error.code));
    await Promise.all(failed.map(([environment]) => this.refresh(environment)));
  }

  /** Forgets an environment that is gone, or whose server is another one now. */
  forget(environment: string): void {
    this.#asked.delete(environment);
  }
}

export const agents = new Agents();
