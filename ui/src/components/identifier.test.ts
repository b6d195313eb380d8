import { expect, test } from "vitest";
import { ends, pieces, visible } from "./identifier";

test("what cannot be seen is spelled out", () => {
  expect(visible("pay\u202Elld\u0000\u200B")).toBe("pay⟨U+202E⟩lld⟨U+0000⟩⟨U+200B⟩");
  expect(visible("line\nbreak")).toBe("line⟨U+000A⟩break");
  expect(visible("\uD800")).toBe("⟨U+D800⟩");
});

test("ordinary letters of any script stay as they are", () => {
  expect(visible("Kunden-Übersicht_顧客/1.0")).toBe("Kunden-Übersicht_顧客/1.0");
  expect(pieces("plain")).toEqual([{ text: "plain", escaped: false }]);
});

test("a long id keeps its end, and no character is halved", () => {
  expect(ends("sales.invoices")).toEqual({ head: "sales.invoices", tail: "" });
  expect(ends("schema_0.table_0001234")).toEqual({ head: "schema_0.t", tail: "able_0001234" });
  expect(ends("😀".repeat(30))).toEqual({ head: "😀".repeat(18), tail: "😀".repeat(12) });
});
