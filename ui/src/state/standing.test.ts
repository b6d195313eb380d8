import { expect, test } from "vitest";
import type { EnvironmentView } from "../contract";
import { setHost } from "../host/host";
import { agents } from "./agents.svelte";
import { environments } from "./environments.svelte";
import { standing } from "./standing";

const environment: EnvironmentView = {
  id: "dev", name: "Development", url: "https://dev.example.com", colour: "blue", protected: false, default_agent: null,
  ca_file: null, plain_http: false, key_prompt: "never", keep_backups: 20, keep_days: 90, sandbox: false,
  key: { state: "stored", ending: "…f3a9", set_at: null, session_only: false },
  contact: { state: "unreachable", at: "2026-11-20T09:00:00Z", message: "It does not answer.", hint: null },
};

/** A host whose every command is answered with this. */
function answering(answer: Promise<unknown>): void {
  setHost({ call: () => answer as Promise<never>, listen: () => () => undefined });
}

test("a missing key is said before the last contact", () => {
  expect(standing({ ...environment, key: { state: "locked" } })).toEqual({ state: "key_missing", word: "Keychain locked" });
});

test("the last contact is told, and that there was none", () => {
  expect(standing(environment)).toEqual({ state: "unreachable", word: "Unreachable", why: "It does not answer." });
  expect(standing({ ...environment, contact: null }).state).toBe("unknown");
});

test("what is being asked now is said before what was known", async () => {
  let end: (answer: EnvironmentView) => void = () => undefined;
  answering(new Promise((resolve) => (end = resolve)));
  const checked = environments.check(environment.id);
  expect(standing({ ...environment, key: { state: "locked" } }).state).toBe("checking");
  end(environment);
  await checked;
  expect(standing(environment).state).toBe("unreachable");
});

test("a server that answers, and lost every agent, is not well", async () => {
  answering(Promise.resolve({ agents: [], at: "2026-11-20T09:00:00Z", lost: { agents: 1_291, at: "2026-11-19T09:00:00Z" }, away: null }));
  await agents.refresh(environment.id);
  const contact = { ...environment.contact, state: "reachable", message: "0 agents" } as const;
  expect(standing({ ...environment, contact: { at: "", hint: null, ...contact } })).toMatchObject({ state: "emptied", word: "Lost its agents" });
  expect(agents.lost(environment.id)).toContain("It had 1,291 on Thursday");
  expect(standing(environment).state).toBe("unreachable");
});
