import type { RowGroup, RowOutcome, RowView } from "../contract";
import type { State } from "../components/StateIcon.svelte";

/** How a group looks: the icon says it as well as the colour. */
export const groupState: Record<RowGroup, State> = {
  register: "add",
  link_database: "add",
  gains_access: "add",
  changes: "change",
  loses_access: "remove",
  delete_agent: "remove",
  cannot_change: "cannot",
  kept: "skipped",
  same: "same",
};

export const outcomeState: Record<RowOutcome, State> = {
  applied: "works",
  put_back: "limited",
  left: "fails",
  failed: "fails",
  not_reached: "skipped",
};

/** Groups that nobody has to look at stay folded until asked for. */
export const foldedAtFirst: readonly RowGroup[] = ["kept", "same"];

/** A row's permissions before and after, as chips. */
export function chipsOf({ chips }: RowView) {
  return chips.map(({ permission, change }) => ({ label: permission, state: change }));
}
