import { expect, test } from "vitest";
import { counted, grouped } from "./number";

const sources = import.meta.glob<string>(["../**/*.ts", "../**/*.svelte"], { query: "?raw", import: "default", eager: true });

test("a count has groups of three digits", () => {
  expect([0, 7, 999, 1_000, 12_345, 1_234_567].map(grouped)).toEqual(["0", "7", "999", "1,000", "12,345", "1,234,567"]);
  expect([counted(1, "change", "changes"), counted(1_221, "change", "changes")]).toEqual(["1 change", "1,221 changes"]);
});

test("every count of the page is written in this one way", () => {
  const files = Object.entries(sources).filter(([path]) => !/number\.(test\.)?ts$|\.test\.ts$|\/gallery\/|\/contract\//.test(path));
  expect(files.length).toBeGreaterThan(100);
  const elsewhere = files.filter(([, text]) => /toLocaleString\(|Intl\.NumberFormat/.test(text)).map(([path]) => path);
  expect(elsewhere, "formats numbers by itself").toEqual([]);
  // What may be written digit by digit is no count: a line, a column, a second, a per cent.
  const plain = /String\((?!line\)|column\)|seconds\)|Math\.round\(value\)\)|running\[0\]\))/;
  const words = files.filter(([path, text]) => path.startsWith("./en/") && plain.test(text)).map(([path]) => path);
  expect(words, "writes a number digit by digit").toEqual([]);
});
