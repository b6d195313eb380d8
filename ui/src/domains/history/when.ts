/** A stretch of time, from the first moment that belongs to it to the first that does not. */
export interface Stretch {
  from: Date | null;
  until: Date | null;
}

const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** The local day that a person means: "today", "yesterday", "monday" (the last one), "2026-11-27", "27.11.2026", "27 Nov". */
export function dayOf(text: string, now: Date): Date | null {
  const said = text.trim().toLowerCase().replaceAll(",", "");
  if (said === "today") return daysBefore(now, 0);
  if (said === "yesterday") return daysBefore(now, 1);
  const weekday = weekdays.indexOf(said);
  if (weekday >= 0) return daysBefore(now, (now.getDay() - weekday + 7) % 7 || 7);
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(said);
  if (iso) return dated(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})?$/.exec(said);
  if (dotted) return dated(dotted[3] ? Number(dotted[3]) : now.getFullYear(), Number(dotted[2]), Number(dotted[1]));
  const named = /^(\d{1,2}) ([a-z]{3,9})(?: (\d{4}))?$/.exec(said);
  const month = named ? months.indexOf((named[2] ?? "").slice(0, 3)) + 1 : 0;
  return named && month > 0 ? dated(named[3] ? Number(named[3]) : now.getFullYear(), month, Number(named[1])) : null;
}

/** The moment so many times 24 hours ago, RFC 3339. */
export function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString();
}

/** The first moment of the day after. */
export function dayAfter(day: Date): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1);
}

/** What was typed, taken apart: words, and the days that were named among them. Of several days the stretch holds them all. */
export function wordsAndDays(text: string, now: Date): { words: string[]; when: Stretch } {
  const parts = text.trim().split(/\s+/).filter(Boolean);
  const words: string[] = [];
  const days: Date[] = [];
  for (let at = 0; at < parts.length;) {
    const length = [3, 2, 1].find((count) => at + count <= parts.length && dayOf(parts.slice(at, at + count).join(" "), now));
    const day = length && dayOf(parts.slice(at, at + length).join(" "), now);
    if (day) days.push(day);
    else words.push(parts[at] ?? "");
    at += length ?? 1;
  }
  days.sort((one, other) => one.getTime() - other.getTime());
  const last = days.at(-1);
  return { words, when: { from: days[0] ?? null, until: last ? dayAfter(last) : null } };
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
}

/** Null for a day that no calendar has. */
function dated(year: number, month: number, day: number): Date | null {
  const date = new Date(year, month - 1, day);
  return date.getMonth() === month - 1 && date.getDate() === day ? date : null;
}
