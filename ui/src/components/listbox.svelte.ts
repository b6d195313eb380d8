import { tick } from "svelte";

interface Options<Item> {
  /** Unique on the page, from `$props.id()`. */
  id: string;
  items: () => readonly Item[];
  /** Position of the marked item; -1 while none is. */
  marked: () => number;
  mark: (position: number) => void;
  /** Enter was pressed on the marked item, or on none. */
  enter: (item: Item | undefined) => void;
  /** Beyond the last comes the first. Otherwise Home and End lead to the ends. */
  wraps?: boolean;
  /** A key that the list has no use for; whether it was of use. */
  other?: (key: string) => boolean;
}

/**
 * A list under a field (the combobox pattern): the keys stay with the field, a pointer may choose in the list. Spread `field`, `list` and
 * `option()` over the elements, and bind `element` to the list.
 */
export class Listbox<Item> {
  element = $state<HTMLElement>();
  readonly #options: Options<Item>;

  constructor(options: Options<Item>) {
    this.#options = options;
  }

  get field() {
    const { id, marked, items } = this.#options;
    return {
      role: "combobox",
      "aria-expanded": "true",
      "aria-controls": `${id}-list`,
      "aria-autocomplete": "list",
      "aria-activedescendant": marked() >= 0 && marked() < items().length ? `${id}-${String(marked())}` : undefined,
      autocomplete: "off",
      spellcheck: false,
      onkeydown: (event: KeyboardEvent) => this.#press(event),
    } as const;
  }

  get list() {
    return { role: "listbox", id: `${this.#options.id}-list`, tabindex: -1 } as const;
  }

  /** `selected` is what a screen reader calls chosen: the marked item, where nothing is chosen before Enter. */
  option(position: number, selected: boolean) {
    const active = position === this.#options.marked() ? "" : undefined;
    return { role: "option", tabindex: -1, id: `${this.#options.id}-${String(position)}`, "aria-selected": selected, "data-active": active } as const;
  }

  /** Scrolls the marked item into sight. */
  async reveal(): Promise<void> {
    await tick();
    this.element?.querySelector("[data-active]")?.scrollIntoView({ block: "nearest" });
  }

  #press(event: KeyboardEvent): void {
    if (event.key === "Enter" && !event.isComposing) this.#options.enter(this.#options.items()[this.#options.marked()]);
    else if (!this.#move(event.key) && !this.#options.other?.(event.key)) return;
    event.preventDefault();
  }

  #move(key: string): boolean {
    const { items, marked, mark, wraps = false } = this.#options;
    const [count, at] = [items().length, marked()];
    const to = wraps ? around(key, at, count) : between(key, at, count);
    if (to === undefined) return false;
    if (count > 0) {
      mark(to);
      void this.reveal();
    }
    return true;
  }
}

function around(key: string, at: number, count: number): number | undefined {
  if (key === "ArrowDown") return (at + 1) % count;
  if (key === "ArrowUp") return (Math.max(at, 0) - 1 + count) % count;
  return undefined;
}

function between(key: string, at: number, count: number): number | undefined {
  if (key === "ArrowDown") return Math.min(count - 1, at + 1);
  if (key === "ArrowUp") return Math.max(0, at - 1);
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return undefined;
}
