import type { DraftSource } from "../../contract";
import { draft } from "../../state/start.svelte";
import { frame } from "../../state/frame.svelte";
import { resultBanner, Wizard, type Kind } from "./wizard.svelte";

const live: Partial<Record<Kind, Wizard>> = {};
const seen = new WeakSet<Wizard>();

/** What the draft of each wizard begins with. */
export const sourceOf: Record<Kind, DraftSource["kind"]> = { promote: "environment", import: "file", restore: "restore" };

/**
 * The wizard of a screen: a new one where the screen was opened with something to begin with, else the one that a
 * person left half-filled, here or before a restart. One that runs is never replaced.
 */
export function openWizard(kind: Kind, begin: ((wizard: Wizard) => void) | null): Wizard {
  const before = live[kind];
  const kept = draft.value;
  const thrownAway = draft.discarded.delete(sourceOf[kind]);
  if (before && (before.apply?.running || isUnread(before) || (!begin && !thrownAway))) {
    before.dropGone();
    return before;
  }
  const wizard = newWizard(kind);
  if (begin) begin(wizard);
  else if (kept?.source.kind === sourceOf[kind]) wizard.fromDraft(kept);
  wizard.dropGone();
  void (begin ? wizard.begin() : wizard.resume());
  return wizard;
}

/** Begins anew: what was there is finished with. */
export function newWizard(kind: Kind): Wizard {
  const wizard = new Wizard(kind);
  wizard.onend = letGoOfEarlier;
  live[kind] = wizard;
  return wizard;
}

/** A result is of no use any more, and would be wrong, once the same agent was changed again in the same environment. */
function letGoOfEarlier(changed: Wizard): void {
  const target = changed.plan.value?.target?.environment;
  for (const other of Object.values(live)) {
    if (other === changed || !other.result || other.subject !== changed.subject || other.plan.value?.target?.environment !== target) continue;
    frame.dismissBanner(resultBanner(other.result));
    live[other.kind] = undefined;
  }
}

/** Finished while another screen was shown. */
function isUnread(wizard: Wizard): boolean {
  return wizard.result !== null && !seen.has(wizard);
}

/**
 * Lets a finished wizard go once its result has been seen. One that made an API key stays until a new one begins: who leaves
 * it to paste the key comes back for another copy.
 */
export function closeWizard(wizard: Wizard): void {
  if (!wizard.result || live[wizard.kind] !== wizard) return;
  seen.add(wizard);
  if (!wizard.result.agent_key) live[wizard.kind] = undefined;
}
