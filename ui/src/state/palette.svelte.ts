import { untrack, type Component } from "svelte";

export interface PaletteEntry {
  /** Unique on the page: "environments.test.staging". */
  id: string;
  label: string;
  /** What kind of thing it is: "Screen", "Agent", "Environment". */
  group: string;
  /** Further words that find it. */
  keywords?: string;
  icon?: Component<{ size?: number | string }>;
  run: () => void;
}

type Source = readonly PaletteEntry[] | (() => readonly PaletteEntry[]);

const SHOWN = 50;

class Palette {
  #sources = $state.raw<Source[]>([]);
  isOpen = $state(false);

  /** Adds entries, or a function that knows them at the time; returns what takes them away again. */
  register(source: Source): () => void {
    // Untracked: an effect that registers must not run again because of it.
    this.#sources = [...untrack(() => this.#sources), source];
    return () => {
      this.#sources = this.#sources.filter((other) => other !== source);
    };
  }

  /** The entries that hold every typed word, those that begin with the text first. */
  find(text: string): PaletteEntry[] {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const entries = this.#sources.flatMap((source) => (typeof source === "function" ? source() : source));
    return entries
      .filter((entry) => words.every((word) => searched(entry).includes(word)))
      .map((entry, position) => ({ entry, rank: entry.label.toLowerCase().startsWith(words.join(" ")) ? 0 : 1, position }))
      .sort((a, b) => a.rank - b.rank || a.position - b.position)
      .slice(0, SHOWN)
      .map(({ entry }) => entry);
  }
}

function searched(entry: PaletteEntry): string {
  return `${entry.label} ${entry.group} ${entry.keywords ?? ""}`.toLowerCase();
}

export const palette = new Palette();
