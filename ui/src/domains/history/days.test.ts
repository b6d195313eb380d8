import { expect, test } from "vitest";
import { byDay, clockTime, dayLabel } from "./days";

const now = new Date(2026, 2, 1, 0, 30);
const entry = (...parts: [number, number, number, number]) => ({ at: new Date(...parts).toISOString() });

test("the days next to now have names, the others dates, with the year where it is another", () => {
  expect(dayLabel(new Date(2026, 2, 1, 0, 1), now)).toBe("Today");
  expect(dayLabel(new Date(2026, 1, 28, 23, 59), now)).toBe("Yesterday");
  expect(dayLabel(new Date(2026, 1, 27, 12), now)).toBe("Friday 27 February");
  expect(dayLabel(new Date(2025, 11, 31, 12), now)).toBe("Wednesday 31 December 2025");
});

test("a list is cut where the day changes, and every entry keeps its place", () => {
  const days = byDay([entry(2026, 2, 1, 0), entry(2026, 1, 28, 9), entry(2026, 1, 28, 8), entry(2026, 1, 20, 8)], now);
  expect(days.map((day) => [day.label, day.items.map((item) => item.position)])).toEqual([
    ["Today", [0]],
    ["Yesterday", [1, 2]],
    ["Friday 20 February", [3]],
  ]);
});

test("a clock that went back does not reorder the list", () => {
  const days = byDay([entry(2026, 1, 27, 9), entry(2026, 1, 28, 9), entry(2026, 1, 27, 8)], now);
  expect(days.map((day) => day.date)).toEqual(["2026-02-27", "2026-02-28", "2026-02-27"]);
});

test("the time of day has two digits each", () => {
  expect(clockTime(new Date(2026, 2, 1, 9, 5))).toBe("09:05");
});
