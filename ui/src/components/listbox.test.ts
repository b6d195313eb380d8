import { expect, test } from "vitest";
import { Listbox } from "./listbox.svelte";

function pressed(keys: readonly string[], { wraps = false, from = 0, items = ["a", "b", "c"] } = {}) {
  let at = from;
  const entered: (string | undefined)[] = [];
  const unused: string[] = [];
  const box = new Listbox<string>({
    id: "x", items: () => items, marked: () => at, mark: (position) => (at = position), enter: (item) => entered.push(item), wraps,
    other: (key) => key === "Escape",
  });
  for (const key of keys) {
    let prevented = false;
    box.field.onkeydown({ key, isComposing: false, preventDefault: () => { prevented = true; } } as Partial<KeyboardEvent> as KeyboardEvent);
    if (!prevented) unused.push(key);
  }
  return { at, entered, unused, box };
}

test("arrows lead to the ends and stop there, Home and End lead there at once", () => {
  expect(pressed(["ArrowDown", "ArrowDown", "ArrowDown"]).at).toBe(2);
  expect(pressed(["ArrowUp"], { from: 1 }).at).toBe(0);
  expect(pressed(["ArrowUp", "ArrowUp"], { from: 1 }).at).toBe(0);
  expect(pressed(["End"]).at).toBe(2);
  expect(pressed(["End", "Home"]).at).toBe(0);
});

test("where it wraps, beyond the last comes the first, and Home and End belong to the text", () => {
  expect(pressed(["ArrowDown"], { from: 2, wraps: true }).at).toBe(0);
  expect(pressed(["ArrowUp"], { from: 0, wraps: true }).at).toBe(2);
  expect(pressed(["ArrowDown"], { from: -1, wraps: true }).at).toBe(0);
  expect(pressed(["ArrowUp"], { from: -1, wraps: true }).at).toBe(2);
  expect(pressed(["Home", "End"], { wraps: true }).unused).toEqual(["Home", "End"]);
});

test("Enter takes what is marked, or says that nothing is", () => {
  expect(pressed(["ArrowDown", "Enter"]).entered).toEqual(["b"]);
  expect(pressed(["Enter"], { items: [] }).entered).toEqual([undefined]);
});

test("nothing is marked in an empty list, and what no one has use for goes on", () => {
  expect(pressed(["ArrowDown", "ArrowUp"], { items: [], from: -1, wraps: true }).at).toBe(-1);
  expect(pressed(["a", "Escape"]).unused).toEqual(["a"]);
});

test("the field names the option that is marked", () => {
  const { box } = pressed(["ArrowDown"]);
  expect(box.field["aria-activedescendant"]).toBe(box.option(1, false).id);
  expect([box.option(1, false)["data-active"], box.option(0, true)["data-active"]]).toEqual(["", undefined]);
});
