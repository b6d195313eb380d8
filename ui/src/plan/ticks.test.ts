import { expect, test } from "vitest";
import type { GroupView, PlanView, RowGroup } from "../contract";
import { Ticks } from "./ticks.svelte";

const groups: GroupView[] = [
  { group: "register", count: 1, tickable: false, ticked: true },
  { group: "gains_access", count: 3, tickable: true, ticked: true },
  { group: "loses_access", count: 100_000, tickable: true, ticked: false },
  { group: "same", count: 12, tickable: false, ticked: false },
];
const view = { groups } as unknown as PlanView;

async function* pieces(keys: readonly string[]): AsyncIterable<readonly string[]> {
  for (const key of keys) yield await Promise.resolve([key]);
}

test("what gains is ticked, what loses is not, and what is always done counts", () => {
  const ticks = new Ticks(view);
  expect(ticks.stateOf("gains_access")).toBe(true);
  expect(ticks.stateOf("loses_access")).toBe(false);
  expect(ticks.total).toBe(4);
  expect(ticks.toRequest()).toEqual({ groups: {}, except: [] });
});

test("a row turned round counts once, and turned back not at all", () => {
  const ticks = new Ticks(view);
  ticks.toggle("gains_access", "b");
  ticks.toggle("loses_access", "x");
  expect([ticks.count("gains_access"), ticks.count("loses_access")]).toEqual([2, 1]);
  expect([ticks.stateOf("gains_access"), ticks.stateOf("loses_access")]).toEqual(["mixed", "mixed"]);
  expect([ticks.isTicked("gains_access", "b"), ticks.isTicked("loses_access", "x")]).toEqual([false, true]);
  expect(ticks.toRequest()).toEqual({ groups: {}, except: ["b", "x"] });
  ticks.toggle("gains_access", "b");
  ticks.toggle("loses_access", "x");
  expect(ticks.toRequest()).toEqual({ groups: {}, except: [] });
});

test("a whole group is a rule, however many rows it has, and forgets its exceptions", () => {
  const ticks = new Ticks(view);
  ticks.toggle("loses_access", "x");
  ticks.setGroup("loses_access", true);
  expect(ticks.count("loses_access")).toBe(100_000);
  expect(ticks.toRequest()).toEqual({ groups: { loses_access: true }, except: [] });
  ticks.toggle("loses_access", "x");
  expect(ticks.count("loses_access")).toBe(99_999);
  ticks.setGroup("loses_access", false);
  expect(ticks.toRequest()).toEqual({ groups: {}, except: [] });
});

test("what cannot be ticked stays as the plan has it", () => {
  const ticks = new Ticks(view);
  ticks.setGroup("register", false);
  ticks.toggle("same", "s");
  expect(ticks.count("register")).toBe(1);
  expect(ticks.count("same")).toBe(0);
});

test("earlier ticks come over as far as their rows still exist", async () => {
  const ticks = new Ticks(view);
  const keys: Partial<Record<RowGroup, string[]>> = { gains_access: ["a", "b", "c"], loses_access: ["x", "y"] };
  const asked: RowGroup[] = [];
  await ticks.take({ groups: { loses_access: true }, except: ["b", "gone", "y"] }, (group) => {
    asked.push(group);
    return pieces(keys[group] ?? []);
  });
  expect(ticks.toRequest()).toEqual({ groups: { loses_access: true }, except: ["b", "y"] });
  expect(ticks.count("gains_access")).toBe(2);
  expect(asked).toEqual(["gains_access", "loses_access"]);
});

test("no row is asked for when none was turned round", async () => {
  const ticks = new Ticks(view);
  await ticks.take({ groups: { gains_access: false }, except: [] }, () => { throw new Error("asked"); });
  expect(ticks.total).toBe(1);
});

test("one thing alone is ticked, whatever would be ticked from the start", async () => {
  const ticks = new Ticks(view);
  await ticks.only((group) => pieces(group === "loses_access" ? ["x"] : group === "gains_access" ? [] : ["never"]));
  expect([ticks.count("gains_access"), ticks.count("loses_access")]).toEqual([0, 1]);
  expect(ticks.isTicked("loses_access", "x")).toBe(true);
  expect(ticks.toRequest()).toEqual({ groups: { gains_access: false }, except: ["x"] });
});
