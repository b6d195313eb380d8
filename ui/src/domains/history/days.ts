import { historyText } from "../../text/en/history";

export interface Day<Item> {
  /** The local date, as a key: "2026-11-20". */
  date: string;
  label: string;
  items: { item: Item; position: number }[];
}

const thisYear = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
const otherYear = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** Cuts a list, newest first, where the local day changes. The order stays, whatever the clocks said. */
export function byDay<Item extends { at: string }>(items: readonly Item[], now: Date): Day<Item>[] {
  const days: Day<Item>[] = [];
  items.forEach((item, position) => {
    const moment = new Date(item.at);
    const date = localDate(moment);
    const last = days.at(-1);
    if (last?.date === date) last.items.push({ item, position });
    else days.push({ date, label: dayLabel(moment, now), items: [{ item, position }] });
  });
  return days;
}

export function dayLabel(moment: Date, now: Date): string {
  const date = localDate(moment);
  if (date === localDate(now)) return historyText.today;
  if (date === localDate(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1))) return historyText.yesterday;
  return (moment.getFullYear() === now.getFullYear() ? thisYear : otherYear).format(moment).replace(",", "");
}

/** "14:02" in the local zone. */
export function clockTime(moment: Date): string {
  return clock.format(moment);
}

/** "2026-11-20" in the local zone. */
export function localDate(moment: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${String(moment.getFullYear())}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}
