import { expect, test } from "vitest";
import { duration, relativeTime } from "./time";

const now = new Date("2026-03-10T12:00:00Z");
const ago = (seconds: number) => relativeTime(new Date(now.getTime() - seconds * 1000), now);

test("a moment is told in the largest unit that fits", () => {
  expect(ago(3)).toBe("just now");
  expect(ago(45)).toBe("45 seconds ago");
  expect(ago(119)).toBe("1 minute ago");
  expect(ago(7_200)).toBe("2 hours ago");
  expect(ago(86_400)).toBe("yesterday");
  expect(ago(-120)).toBe("in 2 minutes");
});

test("a duration keeps two units at most", () => {
  expect(duration(340)).toBe("340 ms");
  expect(duration(1_234)).toBe("1.2 s");
  expect(duration(59_600)).toBe("1 min 0 s");
  expect(duration(3_725_000)).toBe("1 h 2 min");
});
