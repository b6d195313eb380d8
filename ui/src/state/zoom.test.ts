import { expect, test } from "vitest";
import { zoomAsked } from "./zoom";

const press = (key: string, now: number, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey", boolean>> = { ctrlKey: true }) =>
  zoomAsked({ key, ctrlKey: false, metaKey: false, altKey: false, ...held }, now);

test("plus and minus go a step, and no further than there are", () => {
  expect([press("+", 100), press("=", 110), press("+", 200), press("-", 100), press("-", 50), press("0", 175)]).toEqual([110, 125, 200, 90, 50, 100]);
  expect(press("+", 100, { metaKey: true })).toBe(110);
});

test("other keys, and these without Ctrl, are left alone", () => {
  expect([press("k", 100), press("+", 100, {}), press("0", 100, { ctrlKey: true, altKey: true })]).toEqual([null, null, null]);
});
