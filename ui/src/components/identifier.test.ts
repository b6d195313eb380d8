import { expect, test } from "vitest";
import { pieces, shorten, visible } from "./identifier";

test("what cannot be seen is spelled out", () => {
  expect(visible("pay\u202Elld\u0000\u200B")).toBe("pay⟨U+202E⟩lld⟨U+0000⟩⟨U+200B⟩");
  expect(visible("line\nbreak")).toBe("line⟨U+000A⟩break");
  expect(visible("\uD800")).toBe("⟨U+D800⟩");
});

test("ordinary letters of any script stay as they are", () => {
  expect(visible("Kunden-Übersicht_顧客/1.0")).toBe("Kunden-Übersicht_顧客/1.0");
  expect(pieces("plain")).toEqual([{ text: "plain", escaped: false }]);
});

test("a long id loses its middle, never an end, never half a character", () => {
  expect(shorten("abcdefghij", 5)).toBe("ab…ij");
  expect(shorten("abcde", 5)).toBe("abcde");
  expect(shorten("😀".repeat(10), 3)).toBe("😀…😀");
});
