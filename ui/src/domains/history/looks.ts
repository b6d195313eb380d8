import Archive from "@lucide/svelte/icons/archive";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleSlash from "@lucide/svelte/icons/circle-slash";
import CircleStop from "@lucide/svelte/icons/circle-stop";
import CircleX from "@lucide/svelte/icons/circle-x";
import FileDown from "@lucide/svelte/icons/file-down";
import Hourglass from "@lucide/svelte/icons/hourglass";
import Loader from "@lucide/svelte/icons/loader";
import RotateCcw from "@lucide/svelte/icons/rotate-ccw";
import Settings2 from "@lucide/svelte/icons/settings-2";
import TriangleAlert from "@lucide/svelte/icons/triangle-alert";
import Undo2 from "@lucide/svelte/icons/undo-2";
import type { Component } from "svelte";
import type { EntryKind, EntryOutcome } from "../../contract";

type Icon = Component<{ size?: number | string }>;
type Tone = "good" | "plain" | "careful" | "bad";

export interface Look {
  icon: Icon;
  tone: Tone;
}

const troubled: Record<Exclude<EntryOutcome, "done">, Look> = {
  put_back: { icon: Undo2, tone: "careful" },
  needs_attention: { icon: TriangleAlert, tone: "bad" },
  failed: { icon: CircleX, tone: "bad" },
  refused: { icon: CircleSlash, tone: "careful" },
  stopped: { icon: CircleStop, tone: "plain" },
  running: { icon: Loader, tone: "plain" },
  unfinished: { icon: Hourglass, tone: "careful" },
};

const done: Record<EntryKind, Look> = {
  promotion: { icon: CircleCheck, tone: "good" },
  import: { icon: CircleCheck, tone: "good" },
  recovery: { icon: CircleCheck, tone: "good" },
  rollback: { icon: RotateCcw, tone: "good" },
  export: { icon: FileDown, tone: "plain" },
  backup: { icon: Archive, tone: "plain" },
  profile: { icon: Settings2, tone: "plain" },
};

/** How an entry looks: what went wrong comes before what it was. */
export function lookOf(entry: { kind: EntryKind; outcome: EntryOutcome }): Look {
  return entry.outcome === "done" ? done[entry.kind] : troubled[entry.outcome];
}
