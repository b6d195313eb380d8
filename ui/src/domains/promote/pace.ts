import type { Progress } from "../../contract";

/** Before this, a rate says more about the start than about the rest. */
const TELLING_MS = 1_000;

/** How fast a stage goes, and how many milliseconds are left of it; null while that cannot be told. */
export function pace({ done, items, elapsed_ms }: Progress): { perSecond: number | null; left: number | null } {
  if (elapsed_ms < TELLING_MS || done === 0) return { perSecond: null, left: null };
  const perSecond = done / (elapsed_ms / 1000);
  const left = Math.max(0, ((items - done) / perSecond) * 1000);
  return { perSecond, left: left < 1000 ? null : Math.round(left / 1000) * 1000 };
}
