import {
  defaultRangeExtractor, elementScroll, observeElementOffset, observeElementRect, Virtualizer,
  type Range, type VirtualItem, type VirtualizerOptions,
} from "@tanstack/virtual-core";

interface Shape {
  /** Of every row, in pixels. */
  height: number;
  /** Of the head that stays in sight above the rows. */
  head: number;
  scroller: () => HTMLElement | null;
}

/** TanStack's virtualizer as a rune: what it shows is read like any other state. */
export class VirtualRows {
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  readonly #shape: Shape;
  #options: VirtualizerOptions<HTMLElement, HTMLElement>;
  #rows = $state.raw<VirtualItem[]>([]);
  #range = $state.raw<{ first: number; last: number } | null>(null);

  constructor(shape: Shape) {
    this.#shape = shape;
    this.#options = {
      count: 0,
      getScrollElement: shape.scroller,
      estimateSize: () => shape.height,
      scrollMargin: shape.head,
      scrollPaddingStart: shape.head,
      overscan: 4,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: () => this.#read(),
    };
    this.#virtualizer = new Virtualizer(this.#options);
  }

  /** The rows to draw: those in sight, a few around them, and the kept one. */
  get rows(): VirtualItem[] {
    return this.#rows;
  }

  /** The rows in sight; null before anything was measured. */
  get range(): { first: number; last: number } | null {
    return this.#range;
  }

  /** Begins to follow the scrolling; returns what ends it. */
  mount(): () => void {
    const unmount = this.#virtualizer._didMount();
    this.#virtualizer._willUpdate();
    this.#read();
    return unmount;
  }

  setCount(count: number): void {
    this.#change({ count });
  }

  /** Draws this row wherever the list is scrolled to: an element that goes would take the focus with it. */
  keep(index: number): void {
    this.#change({ rangeExtractor: (range) => withKept(range, index) });
  }

  reveal(index: number): void {
    this.#virtualizer.scrollToIndex(index, { align: "auto" });
  }

  /** How many rows PageUp and PageDown go: all that fit but one. */
  get page(): number {
    const room = (this.#virtualizer.scrollRect?.height ?? 0) - this.#shape.head;
    return Math.max(1, Math.floor(room / this.#shape.height) - 1);
  }

  #change(options: Partial<VirtualizerOptions<HTMLElement, HTMLElement>>): void {
    this.#options = { ...this.#options, ...options };
    this.#virtualizer.setOptions(this.#options);
    this.#virtualizer._willUpdate();
    this.#read();
  }

  #read(): void {
    this.#rows = this.#virtualizer.getVirtualItems();
    const { range } = this.#virtualizer;
    this.#range = range && { first: range.startIndex, last: range.endIndex };
  }
}

function withKept(range: Range, kept: number): number[] {
  const indexes = defaultRangeExtractor(range);
  if (kept >= range.count || indexes.includes(kept)) return indexes;
  return [...indexes, kept].sort((a, b) => a - b);
}
