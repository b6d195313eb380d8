import { untrack, type Component } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import type { Standing } from "./standing";
import type { ScreenName } from "./router.svelte";

/** An environment as the frame, and every chooser, shows it. */
export interface EnvironmentPill extends Standing {
  id: string;
  name: string;
  colour: string;
  protected: boolean;
}

export interface RunningOperation {
  id: string;
  label: string;
  /** The screen that it was begun on. */
  screen: ScreenName;
  /** Done so far; null while the amount is not known. */
  value: number | null;
  max: number;
  open: () => void;
}

export interface FrameBanner {
  id: string;
  tone: "info" | "warning" | "danger" | "success";
  text: string;
  actions?: { label: string; icon?: Component; run: () => void }[];
  dismissible?: boolean;
}

/** What stands around every screen. Domains write their part, and may read the environments. */
class Frame {
  /** In stage order; kept by the domain of environments. */
  environments = $state.raw<readonly EnvironmentPill[]>([]);
  keychain = $state<"unknown" | "ready" | "locked" | "silent" | "absent" | "session" | "failed">("unknown");
  running = $state.raw<readonly RunningOperation[]>([]);
  banners = $state.raw<readonly FrameBanner[]>([]);
  /** What was typed and is saved nowhere, in a few words each: closing the window asks first. */
  readonly unsaved = new SvelteMap<string, string>();
  /** The interrupted operation whose ways out are asked for. */
  recovering = $state<string | null>(null);
  /** The operation whose end the open screen tells by itself. */
  told = $state<string | null>(null);
  /** What is half-filled on a screen, in a few words: a dot beside its name. */
  halfFilled = $state.raw<Partial<Record<ScreenName, string>>>({});
  /** A few words beside a screen's name: "3 differ". */
  badges = $state<Partial<Record<ScreenName, string>>>({});
  #target = $state.raw<{ colour: string } | null>(null);

  get target(): { colour: string } | null {
    return this.#target;
  }

  /**
   * Draws the colour of the environment that this screen can change along its top. For an `$effect`:
   * `$effect(() => frame.showTarget(chosen))`; what it returns takes the colour away again.
   */
  showTarget(environment: { colour: string } | null | undefined): () => void {
    const target = environment ? { colour: environment.colour } : null;
    this.#target = target;
    return () => {
      if (this.#target === target) this.#target = null;
    };
  }

  #unsavedCount = 0;

  /** Names what was typed for as long as it stands. For an `$effect`, which gives it up with what it returns. */
  noteUnsaved(words: string): () => void {
    this.#unsavedCount += 1;
    const key = String(this.#unsavedCount);
    this.unsaved.set(key, words);
    return () => this.unsaved.delete(key);
  }

  #taker: ((path: string) => void) | undefined;

  /** Files that are dropped go to this screen, rather than to the import. For an `$effect`; returns what ends it. */
  takeFiles(taker: (path: string) => void): () => void {
    this.#taker = taker;
    return () => {
      if (this.#taker === taker) this.#taker = undefined;
    };
  }

  /** Whether the screen that is open took the file. */
  offerFile(path: string): boolean {
    this.#taker?.(path);
    return this.#taker !== undefined;
  }

  banner(banner: FrameBanner): void {
    this.dismissBanner(banner.id);
    this.banners = [...untrack(() => this.banners), banner];
  }

  dismissBanner(id: string): void {
    this.banners = untrack(() => this.banners).filter((shown) => shown.id !== id);
  }
}

export const frame = new Frame();

export type Theme = "system" | "light" | "dark";

export function setTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

