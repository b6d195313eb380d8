import { router } from "../../state/router.svelte";
import type { Side } from "./side.svelte";

/** How the right is made like the left: by promoting, restoring or importing it. Nothing where that cannot be. */
export function wayTo(left: Side, right: Side): (() => void) | undefined {
  const source = left.choice;
  const target = right.choice;
  if (!source || target?.kind !== "live" || left.agentId !== target.agent) return undefined;
  const to = target.environment;
  if (source.kind === "file") return () => router.go("import", { path: left.path.trim(), to });
  if (source.kind === "backup") return () => router.go("restore", { backup: source.id, to });
  if (source.environment === to) return undefined;
  return () => router.go("promote", { from: source.environment, to, agents: [source.agent] });
}
