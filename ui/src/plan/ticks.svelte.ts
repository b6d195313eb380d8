import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { GroupView, PlanView, RowGroup, Ticks as TicksRequest } from "../contract";

/** What is ticked in a plan: a rule for each group, and the rows that are the other way round. It holds at 100,000 rows. */
export class Ticks {
  readonly #groups: readonly GroupView[];
  readonly #rules: SvelteMap<RowGroup, boolean>;
  readonly #except = new SvelteMap<string, RowGroup>();

  constructor(view: PlanView) {
    this.#groups = view.groups;
    this.#rules = new SvelteMap(view.groups.map((group) => [group.group, group.ticked]));
  }

  isTicked(group: RowGroup, key: string): boolean {
    return this.#rule(group) !== this.#except.has(key);
  }

  /** How many rows of a group are ticked. */
  count(group: RowGroup): number {
    const all = this.#group(group)?.count ?? 0;
    let others = 0;
    for (const excepted of this.#except.values()) if (excepted === group) others += 1;
    return this.#rule(group) ? all - others : others;
  }

  stateOf(group: RowGroup): boolean | "mixed" {
    const ticked = this.count(group);
    if (ticked === 0) return false;
    return ticked === this.#group(group)?.count ? true : "mixed";
  }

  /** How many changes would be made. */
  get total(): number {
    let total = 0;
    for (const { group } of this.#groups) total += this.count(group);
    return total;
  }

  toggle(group: RowGroup, key: string): void {
    if (!this.#group(group)?.tickable) return;
    if (!this.#except.delete(key)) this.#except.set(key, group);
  }

  setGroup(group: RowGroup, ticked: boolean): void {
    if (!this.#group(group)?.tickable) return;
    this.#rules.set(group, ticked);
    for (const [key, excepted] of this.#except) if (excepted === group) this.#except.delete(key);
  }

  toRequest(): TicksRequest {
    const groups: Partial<Record<RowGroup, boolean>> = {};
    for (const [group, rule] of this.#rules) if (rule !== this.#group(group)?.ticked) groups[group] = rule;
    return { groups, except: [...this.#except.keys()].sort() };
  }

  /**
   * Takes over what was ticked in an earlier plan, as far as this one has the same rows. `keysOf` reads the keys of a
   * group in pieces; it is asked only while there are rows to find.
   */
  async take(earlier: TicksRequest, keysOf: (group: RowGroup) => AsyncIterable<readonly string[]>): Promise<void> {
    const tickable = this.#groups.filter((group) => group.tickable);
    for (const { group } of tickable) this.#rules.set(group, earlier.groups[group] ?? this.#rule(group));
    const wanted = new SvelteSet(earlier.except);
    for (const { group } of tickable) {
      if (wanted.size === 0) return;
      for await (const keys of keysOf(group)) {
        for (const key of keys) if (wanted.delete(key)) this.#except.set(key, group);
        if (wanted.size === 0) return;
      }
    }
  }

  /** Ticks these rows and no others. `keysOf` reads the keys of a group's rows that are wanted, in pieces. */
  async only(keysOf: (group: RowGroup) => AsyncIterable<readonly string[]>): Promise<void> {
    for (const { group, tickable } of this.#groups) {
      if (!tickable) continue;
      this.setGroup(group, false);
      for await (const keys of keysOf(group)) for (const key of keys) this.#except.set(key, group);
    }
  }

  #group(group: RowGroup): GroupView | undefined {
    return this.#groups.find((candidate) => candidate.group === group);
  }

  #rule(group: RowGroup): boolean {
    return this.#rules.get(group) ?? false;
  }
}
