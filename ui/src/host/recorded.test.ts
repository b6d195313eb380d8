import { beforeEach, expect, test, vi } from "vitest";
import { RecordedHost, type Scenario } from "./recorded";

const page: { __unrecorded?: string[]; __emit?: (event: string, payload: unknown) => void } = {};

/** The host without the contract's names: the commands of this sample are no real ones. */
interface Untyped {
  call(command: string, request: unknown, onProgress?: (event: unknown) => void): Promise<unknown>;
  listen(event: string, listener: (payload: unknown) => void): () => void;
}

beforeEach(() => vi.stubGlobal("window", page));

const scenario: Scenario = {
  name: "sample",
  calls: [
    { command: "list", request: { a: 1, b: null }, answer: "first", progress: ["half"] },
    { command: "list", request: { b: null, a: 1 }, answer: "second" },
    { command: "fail", request: null, error: { code: "connection_refused", message: "No answer.", hint: null, details: [] } },
  ],
  events: [
    { event: "changed", payload: 1 },
    { event: "changed", payload: 2, after: "list" },
  ],
};

function start(): Untyped {
  return new RecordedHost(scenario) as unknown as Untyped;
}

test("equal calls are answered in their order, and the last one again", async () => {
  const host = start();
  const progress: unknown[] = [];
  expect(await host.call("list", { b: null, a: 1 }, (event) => progress.push(event))).toBe("first");
  expect(progress).toEqual(["half"]);
  expect(await host.call("list", { a: 1, b: null })).toBe("second");
  expect(await host.call("list", { a: 1, b: null })).toBe("second");
});

test("a recorded error rejects, and an unknown call says which it was", async () => {
  const host = start();
  await expect(host.call("fail", null)).rejects.toMatchObject({ code: "connection_refused" });
  await expect(host.call("list", { a: 2 })).rejects.toMatchObject({ code: "internal" });
  expect(page.__unrecorded).toEqual(['list {"a":2}']);
});

test("events come when somebody listens, and after the command that they follow", async () => {
  const host = start();
  const heard: unknown[] = [];
  const stop = host.listen("changed", (payload) => heard.push(payload));
  await host.call("list", { a: 1, b: null });
  await vi.waitFor(() => expect(heard).toEqual([1, 2]));
  stop();
  page.__emit?.("changed", 3);
  expect(heard).toEqual([1, 2]);
});
