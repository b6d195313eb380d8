/** How large the window may be drawn, in percent: as browsers step. */
export const zooms = [50, 67, 80, 90, 100, 110, 125, 150, 175, 200] as const;

/** The zoom that a key asks for, in percent: Ctrl or Command with +, − or 0. Null for every other key. */
export function zoomAsked(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">, now: number): number | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  // What is on the key with the plus differs between keyboards.
  if (event.key === "+" || event.key === "=") return zooms.find((zoom) => zoom > now) ?? now;
  if (event.key === "-" || event.key === "_" || event.key === "−") return zooms.findLast((zoom) => zoom < now) ?? now;
  return event.key === "0" ? 100 : null;
}
