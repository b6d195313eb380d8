import { expect, test } from "vitest";
import type { EnvironmentView } from "../../contract";
import { FormState } from "./form.svelte";
import { isPlainBeyondHere } from "./plain";

const environment: EnvironmentView = {
  id: "dev", name: "Development", url: "https://dev.example.com", colour: "blue", protected: false, default_agent: null,
  ca_file: null, plain_http: false, key_prompt: "never", keep_backups: 20, keep_days: 90, key: { state: "missing" }, contact: null, sandbox: false,
};

test("the unencrypted choice is offered for plain http beyond this machine alone", () => {
  expect(isPlainBeyondHere("http://connector.example.com")).toBe(true);
  expect(isPlainBeyondHere(" HTTP://10.0.0.7:8080 ")).toBe(true);
  for (const url of ["https://connector.example.com", "http://localhost:4101", "http://127.0.0.1", "http://[::1]:80", "http://", "connector"]) {
    expect(isPlainBeyondHere(url), url).toBe(false);
  }
});

test("only what would be saved otherwise counts as a change", () => {
  const form = new FormState(environment);
  form.name = "Development ";
  expect(form.isDirty).toBe(false);
  form.protected = true;
  expect(form.isDirty).toBe(true);
  form.saved({ ...environment, protected: true });
  expect(form.isDirty).toBe(false);
});

test("an error stands at its field, or above the form", () => {
  const form = new FormState(environment);
  form.refuse({ code: "environment_exists", message: "The name is taken.", hint: "Choose another.", details: [] });
  expect(form.errors).toEqual({ name: "The name is taken. Choose another." });
  form.refuse({ code: "store_unusable", message: "The disk is full.", hint: null, details: [] });
  expect(form.general?.code).toBe("store_unusable");
});

test("what is no number is not sent", () => {
  const form = new FormState(environment);
  form.keepDays = "-1";
  expect(form.hasNumbers()).toBe(false);
  expect(Object.keys(form.errors)).toEqual(["keep_days"]);
  form.keepDays = "30";
  expect(form.hasNumbers()).toBe(true);
  expect(form.form().keep_days).toBe(30);
});
