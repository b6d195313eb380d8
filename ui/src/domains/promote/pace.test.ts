import { expect, test } from "vitest";
import type { Progress } from "../../contract";
import { pace } from "./pace";

const at = (done: number, items: number, elapsed_ms: number): Progress => ({ stage: "applying", done, items, elapsed_ms, subject: null, retry: null });

test("a rate and the time left follow from what is done", () => {
  expect(pace(at(100, 400, 10_000))).toEqual({ perSecond: 10, left: 30_000 });
});

test("nothing is foretold from the first moment, from nothing done, or for the last one", () => {
  expect(pace(at(5, 400, 200))).toEqual({ perSecond: null, left: null });
  expect(pace(at(0, 400, 9_000))).toEqual({ perSecond: null, left: null });
  expect(pace(at(399, 400, 10_000)).left).toBeNull();
});
