import { expect, test } from "vitest";
import { palette } from "./palette.svelte";

const entry = (label: string, keywords = "") => ({ id: label, label, group: "Sample", keywords, run: () => undefined });
const found = (text: string) => palette.find(text).map(({ label }) => label);

test("every typed word has to be there, and what begins with the text comes first", () => {
  const remove = palette.register([entry("Test Staging"), entry("Staging"), entry("Open history", "restore")]);
  expect(found("stag")).toEqual(["Staging", "Test Staging"]);
  expect(found("staging TEST")).toEqual(["Test Staging"]);
  expect(found("restore")).toEqual(["Open history"]);
  remove();
  expect(found("stag")).toEqual([]);
});

test("a source that is a function is asked each time", () => {
  let name = "One";
  const remove = palette.register(() => [entry(name)]);
  expect(found("")).toEqual(["One"]);
  name = "Two";
  expect(found("")).toEqual(["Two"]);
  remove();
});
