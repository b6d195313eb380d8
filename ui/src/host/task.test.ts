import { expect, test } from "vitest";
import { Task } from "./task.svelte";

/** A promise that is settled by hand. */
function pending<Answer>() {
  let answer: (value: Answer) => void = () => undefined;
  let fail: (reason: unknown) => void = () => undefined;
  const promise = new Promise<Answer>((resolve, reject) => ([answer, fail] = [resolve, reject]));
  return { promise, answer, fail };
}

test("says which of several things is under way, and rests afterwards", async () => {
  const task = new Task<string, "pin" | "save">();
  const { promise, answer } = pending<string>();
  const ran = task.run(() => promise, "pin");
  expect([task.busy, task.doing]).toEqual([true, "pin"]);
  answer("done");
  expect(await ran).toBe("done");
  expect([task.busy, task.doing, task.value]).toEqual([false, null, "done"]);
});

test("an answer that was overtaken is not taken, and does not end what runs now", async () => {
  const task = new Task<string, "first" | "second">();
  const [first, second] = [pending<string>(), pending<string>()];
  const ran = [task.run(() => first.promise, "first"), task.run(() => second.promise, "second")];
  first.answer("late");
  expect(await ran[0]).toBeNull();
  expect([task.busy, task.doing, task.value]).toEqual([true, "second", null]);
  second.answer("now");
  expect(await ran[1]).toBe("now");
  expect(task.value).toBe("now");
});

test("a failure keeps the last answer, and what was cleared hears of none", async () => {
  const task = new Task<string>();
  await task.run(() => Promise.resolve("before"));
  await task.run(() => Promise.reject(new Error("no")));
  expect([task.value, task.error?.code, task.busy]).toEqual(["before", "internal", false]);
  const { promise, fail } = pending<string>();
  const ran = task.run(() => promise);
  task.clear();
  fail(new Error("too late"));
  expect(await ran).toBeNull();
  expect([task.value, task.error, task.busy]).toEqual([null, null, false]);
});
