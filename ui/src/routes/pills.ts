import type { EnvironmentView } from "../contract";
import { standing } from "../state/standing";
import type { EnvironmentPill } from "../state/frame.svelte";

/** An environment as the frame shows it. */
export function pill(environment: EnvironmentView): EnvironmentPill {
  const { id, name, colour, protected: guarded } = environment;
  return { id, name, colour, protected: guarded, ...standing(environment) };
}
