import { expect, test } from "vitest";
import { moved } from "./order";

test("one item goes elsewhere, the others keep their order", () => {
  expect(moved(["a", "b", "c", "d"], 3, 1)).toEqual(["a", "d", "b", "c"]);
  expect(moved(["a", "b", "c", "d"], 0, 2)).toEqual(["b", "c", "a", "d"]);
});

test("past an end, nothing moves", () => {
  const items = ["a", "b"];
  expect(moved(items, 1, 2)).toBe(items);
  expect(moved(items, 0, -1)).toBe(items);
  expect(moved(items, -1, 0)).toBe(items);
});
