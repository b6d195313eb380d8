import { expect, test } from "vitest";
import { forgetFile, knowFile, namedFile, takeFile } from "./files";

test("a file that was chosen is named by its ticket, and everything else as it was typed", () => {
  expect(takeFile({ ticket: "file-1", path: "/home/maria/a.json" })).toBe("/home/maria/a.json");
  expect(namedFile(" /home/maria/a.json ")).toEqual({ kind: "chosen", ticket: "file-1" });
  expect(namedFile(" ~/b.json ")).toEqual({ kind: "typed", path: "~/b.json" });
  knowFile("~/b.json ", "file-2");
  expect(namedFile("~/b.json")).toEqual({ kind: "chosen", ticket: "file-2" });
  forgetFile("~/b.json");
  expect(namedFile("~/b.json")).toEqual({ kind: "typed", path: "~/b.json" });
});
