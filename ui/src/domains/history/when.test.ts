import { expect, test } from "vitest";
import { localDate } from "./days";
import { dayAfter, dayOf, wordsAndDays } from "./when";

// A Sunday.
const now = new Date(2026, 10, 29, 14, 30);
const day = (text: string) => {
  const found = dayOf(text, now);
  return found && localDate(found);
};

test("a day is understood as people write it", () => {
  expect(["today", "Yesterday", "monday", "sunday", "2026-11-27", "27.11.2026", "3.2.", "27 Nov", "27 November 2025"].map(day)).toEqual([
    "2026-11-29", "2026-11-28", "2026-11-23", "2026-11-22", "2026-11-27", "2026-11-27", "2026-02-03", "2026-11-27", "2025-11-27",
  ]);
  expect(["", "customers", "2026-02-30", "31.11.2026", "27 Foo", "2026-13-01"].map(day)).toEqual([null, null, null, null, null, null]);
});

test("what was typed is taken apart into words and days", () => {
  const apart = (text: string) => {
    const { words, when } = wordsAndDays(text, now);
    return [words, when.from && localDate(when.from), when.until && localDate(when.until)];
  };
  expect(apart("customers yesterday")).toEqual([["customers"], "2026-11-28", "2026-11-29"]);
  expect(apart(" 27 Nov  maria ")).toEqual([["maria"], "2026-11-27", "2026-11-28"]);
  expect(apart("yesterday 2026-11-20")).toEqual([[], "2026-11-20", "2026-11-29"]);
  expect(apart("crm.customers")).toEqual([["crm.customers"], null, null]);
});

test("the day after the last of a month is the first of the next", () => {
  expect(localDate(dayAfter(new Date(2026, 10, 30)))).toBe("2026-12-01");
});
