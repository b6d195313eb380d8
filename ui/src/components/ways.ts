import type { ErrorReport } from "../contract";

/** A way out of what an error tells of, as a button beside it. */
export interface Way {
  label: string;
  busy: boolean;
  /** Answers null where it led out, else why not. */
  run: () => Promise<ErrorReport | null>;
}

let known: (error: ErrorReport) => readonly Way[] = () => [];

/** Said once, by the frame: the ways out of what any screen may meet. */
export function setWays(ways: (error: ErrorReport) => readonly Way[]): void {
  known = ways;
}

/** The ways out of this, wherever it is shown; none where there is none that every screen could offer. */
export function waysOut(error: ErrorReport): readonly Way[] {
  return known(error);
}
