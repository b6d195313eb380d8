import { SvelteSet } from "svelte/reactivity";
import type { EnvironmentView, ErrorReport } from "../contract";
import { host, toErrorReport } from "../host/host";
import { Task } from "../host/task.svelte";
import { agents } from "./agents.svelte";

/** The environments in stage order: one list for every screen. */
class Environments {
  #items = $state.raw<readonly EnvironmentView[]>([]);
  #listing = new Task<readonly EnvironmentView[]>();
  #checking = new SvelteSet<string>();
  /** Whether the store itself has told them, at least once. */
  #told = $state(false);

  get items(): readonly EnvironmentView[] {
    return this.#items;
  }

  get loading(): boolean {
    return this.#listing.busy;
  }

  /** Why the last refresh failed; the items from before it stay. */
  get error(): ErrorReport | null {
    return this.#listing.error;
  }

  byId(id: string | null | undefined): EnvironmentView | undefined {
    return this.#items.find((item) => item.id === id);
  }

  /** Whether its server is being asked just now. */
  isChecking(id: string): boolean {
    return this.#checking.has(id);
  }

  /** Whether it was there once and is no more. A list that could not be read says that of none. */
  isGone(id: string | null | undefined): boolean {
    return !!id && this.#told && this.error === null && !this.byId(id);
  }

  /** Takes over what a command answered with: all of them, unless the store could not be read. */
  set(items: readonly EnvironmentView[], told = true): void {
    this.#items = items;
    this.#listing.error = null;
    this.#told = told;
  }

  /** Takes over what a command answered with: one of them, new or changed. */
  put(changed: EnvironmentView): void {
    const known = this.#items.some((item) => item.id === changed.id);
    this.#items = known
      ? this.#items.map((item) => (item.id === changed.id ? changed : item))
      : [...this.#items, changed];
  }

  async refresh(): Promise<void> {
    const items = await this.#listing.run(() => host().call("environment_list", null));
    if (items) this.set(items);
  }

  /** Asks its server. How that went is the environment's `contact`; rejects only when aidb itself failed. */
  async check(id: string): Promise<void> {
    if (this.#checking.has(id)) return;
    this.#checking.add(id);
    try {
      const checked = await host().call("environment_check", { id });
      if (this.byId(id)) this.put(checked);
    } finally {
      this.#checking.delete(id);
    }
  }

  /** Asks its server because a person wants to know: then the keychain may ask for the key's password. */
  async ask(id: string): Promise<void> {
    // One reading of the key is one prompt, and the list of agents tells how the server is as well.
    if (this.asksForKey(id)) await this.agentsOf(id);
    await this.check(id);
  }

  /** Lists its agents because a person wants to choose one. */
  async agentsOf(id: string): Promise<void> {
    await agents.refresh(id, this.asksForKey(id));
  }

  /** Whether the keychain asks for a password before it hands out the key. */
  asksForKey(id: string): boolean {
    return (this.byId(id)?.key_prompt ?? "never") !== "never";
  }

  /** Asks every server whose key is at hand, all at once. */
  async checkAll(): Promise<void> {
    const reachable = this.#items.filter((item) => item.key.state === "stored");
    const results = await Promise.allSettled(reachable.map((item) => this.check(item.id)));
    const failed = results.find((result) => result.status === "rejected");
    if (failed) this.#listing.error = toErrorReport(failed.reason);
  }
}

export const environments = new Environments();
