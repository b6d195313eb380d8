import { expect, test } from "vitest";
import type { EnvironmentView } from "../contract";
import { pill } from "./pills";

const environment: EnvironmentView = {
  id: "dev", name: "Development", url: "https://dev.example.com", colour: "blue", protected: false, default_agent: null,
  ca_file: null, plain_http: false, keep_backups: 20, keep_days: 90, sandbox: false,
  key: { state: "stored", ending: "…f3a9", set_at: null, session_only: false },
  contact: { state: "unreachable", at: "2026-11-20T09:00:00Z", message: "It does not answer.", hint: null },
};

test("what is being asked now is said before what was known", () => {
  expect(pill(environment, true).state).toBe("checking");
});

test("a missing key is said before the last contact", () => {
  expect(pill({ ...environment, key: { state: "locked" } }, false)).toMatchObject({ state: "key_missing", detail: "Keychain locked" });
});

test("the last contact is told, and that there was none", () => {
  expect(pill(environment, false)).toMatchObject({ state: "unreachable", detail: "It does not answer." });
  expect(pill({ ...environment, contact: null }, false).state).toBe("unknown");
});
