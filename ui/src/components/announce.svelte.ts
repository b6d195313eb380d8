export interface Toast {
  id: number;
  text: string;
  tone: "info" | "success" | "warning" | "danger";
}

const TOAST_STAYS = 6_000;
/** More at once would take the screen's room: the oldest goes. */
const MOST_TOASTS = 2;
let lastId = 0;

/** What LiveRegion says and shows. */
export const said = $state<{ polite: string; assertive: string; toasts: Toast[] }>({
  polite: "",
  assertive: "",
  toasts: [],
});

/** Says something to a screen reader; nothing is seen. */
export function announce(text: string, urgency: "polite" | "assertive" = "polite"): void {
  // The same words twice are only read twice when the text changes: a trailing space is silent.
  said[urgency] = said[urgency] === text ? `${text}\u00A0` : text;
}

/** Says and shows something that needs no answer. What must be read stays on the screen instead. */
export function toast(text: string, tone: Toast["tone"] = "success"): void {
  lastId += 1;
  const id = lastId;
  said.toasts = [...said.toasts, { id, text, tone }].slice(-MOST_TOASTS);
  announce(text, tone === "danger" ? "assertive" : "polite");
  setTimeout(() => dismiss(id), TOAST_STAYS);
}

export function dismiss(id: number): void {
  said.toasts = said.toasts.filter((shown) => shown.id !== id);
}
