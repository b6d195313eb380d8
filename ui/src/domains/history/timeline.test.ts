import { expect, test } from "vitest";
import { tracks } from "./timeline";

const dot = (id: string, at: string, server: string | null, name = server ?? "old server") => ({
  id, at, server: { id: server, name }, kind: "promotion" as const, outcome: "done" as const, title: id,
});

test("every environment has its track in stage order, one that is gone comes last", () => {
  const drawn = tracks(
    [dot("a", "2026-11-20T08:00:00Z", null), dot("b", "2026-11-20T09:00:00Z", "prod"), dot("c", "2026-11-20T10:00:00Z", "dev")],
    ["dev", "prod"],
  );
  expect(drawn.map((track) => track.name)).toEqual(["dev", "prod", "old server"]);
});

test("a dot stands where its time is between the oldest and the newest", () => {
  const drawn = tracks(
    [dot("a", "2026-11-20T08:00:00Z", "dev"), dot("b", "2026-11-20T09:00:00Z", "dev"), dot("c", "2026-11-20T12:00:00Z", "dev")],
    ["dev"],
  );
  expect(drawn[0]?.dots.map((drawnDot) => drawnDot.at)).toEqual([0, 0.25, 1]);
});

test("dots of one moment are drawn, not lost", () => {
  const drawn = tracks([dot("a", "2026-11-20T08:00:00Z", "dev"), dot("b", "2026-11-20T08:00:00Z", "dev")], ["dev"]);
  expect(drawn[0]?.dots.map((drawnDot) => drawnDot.at)).toEqual([1, 1]);
});
