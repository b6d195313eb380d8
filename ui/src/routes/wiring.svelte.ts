import type { Draft, InterruptedView, RecoveredView } from "../contract";
import { untrack } from "svelte";
import { toast } from "../components/announce.svelte";
import { setWays } from "../components/ways";
import { hearRefusals, host } from "../host/host";
import { orToast } from "../shared/orToast";
import { keychainWays } from "../state/keychainWays";
import type { Waiting } from "../state/recovery.svelte";
import { draft, environments, keychain, recovery, settings, start } from "../state/start.svelte";
import { batchText } from "../text/en/batch";
import { recoveryText } from "../text/en/recovery";
import { startText } from "../text/en/start";
import { entries } from "./entries";
import { frame, setTheme, type FrameBanner } from "../state/frame.svelte";
import { palette } from "../state/palette.svelte";
import { pill } from "./pills";
import { router, type ScreenName } from "../state/router.svelte";

/** Leads what the start has told into the frame, for as long as the application stands. Called once, by App. */
export function wireFrame(): void {
  $effect(() => {
    frame.environments = environments.items.map(pill);
  });
  $effect(() => {
    frame.keychain = keychain.state;
  });
  $effect(() => {
    if (start.view) setTheme(settings.theme);
  });
  hearRefusals((error) => void keychain.heard(error));
  setWays(keychainWays);
  $effect(hearKeys);
  $effect(() => palette.register(entries));
  $effect(showTroubles);
  $effect(showDraft);
  $effect(showInterrupted);
  $effect(showBatches);
}

/** Batches that were killed stand there until somebody goes on with them or leaves them. */
function showBatches(): void {
  for (const { id, words, done, of } of start.view?.batches ?? []) {
    const banner = `batch.${id}`;
    const leave = async (): Promise<void> => {
      await host().call("batch_leave", { id });
      frame.dismissBanner(banner);
    };
    frame.banner({
      id: banner,
      tone: "warning",
      text: batchText.left.text(words, done, of),
      actions: [
        { label: batchText.left.goOn, run: () => { frame.dismissBanner(banner); router.go("batch", { of: { kind: "rest", batch: id } }); } },
        { label: batchText.left.leave, run: () => void orToast(leave) },
      ],
    });
  }
}

/** What one environment's key tells of the keychain holds for all of them. */
function hearKeys(): void {
  const kept = ["locked", "silent", "absent"];
  const unwell = environments.items.some(({ key }) => kept.includes(key.state));
  if (unwell && untrack(() => keychain.isUsable && !keychain.busy)) void untrack(() => keychain.refresh());
}

/** What was interrupted, what became of it, and what waits. */
function showInterrupted(): () => void {
  // What a screen tells by itself is told once.
  const untold = ({ interrupted }: { interrupted: InterruptedView }) => interrupted.operation !== frame.told;
  const banners = [...recovery.recovered.filter(untold).map(recoveredBanner), ...recovery.waiting.filter(untold).map(waitingBanner)];
  // A store that cannot be read is told already.
  if (recovery.error && (start.view?.troubles ?? []).length === 0 && frame.recovering === null) {
    banners.push({ id: "recovery", tone: "warning", text: `${recoveryText.failed} ${recovery.error.message}`, dismissible: true });
  }
  for (const banner of banners) frame.banner(banner);
  return () => {
    for (const { id } of banners) frame.dismissBanner(id);
  };
}

function recoveredBanner({ interrupted, end }: RecoveredView): FrameBanner {
  const { operation, words } = interrupted;
  const became = end.end === "recovered" ? recoveryText.recovered(words, end.sentence) : `${recoveryText.interrupted(words)} ${recoveryText.nothingWritten}`;
  const unrecorded = end.end === "recovered" && end.unrecorded ? ` ${end.unrecorded.message}` : "";
  return {
    id: `recovered.${operation}`,
    tone: end.end === "recovered" && end.left > 0 ? "warning" : "info",
    text: `${became}${unrecorded}`,
    actions: [
      { label: recoveryText.record, run: () => router.go("history", { operation }) },
      { label: recoveryText.understood, run: () => recovery.dismiss(operation) },
    ],
  };
}

function waitingBanner({ interrupted, error }: Waiting): FrameBanner {
  const { operation, words, agent } = interrupted;
  return {
    id: `waiting.${operation}`,
    tone: "danger",
    text: `${recoveryText.interrupted(words)} ${recoveryText.waits(agent)} ${error.message}`,
    actions: [
      { label: recoveryText.putBack, run: () => void recovery.run(operation, "put_back") },
      { label: recoveryText.otherWays, run: () => (frame.recovering = operation) },
    ],
  };
}

/** Each stands until it is dismissed, or until a new start tells what is in the way now. */
function showTroubles(): () => void {
  const banners = (start.view?.troubles ?? []).map(({ subject, error }, position) => {
    const hint = error.hint ? ` ${error.hint}` : "";
    return { id: `trouble.${String(position)}`, tone: "warning" as const, text: startText.trouble(subject, `${error.message}${hint}`), dismissible: true };
  });
  for (const banner of banners) frame.banner(banner);
  return () => {
    for (const { id } of banners) frame.dismissBanner(id);
  };
}

const wizards = { environment: "promote", file: "import", restore: "restore" } as const;
/** Where each is gone on with; from a screen that the navigation has. */
const homes = { environment: "promote", file: "import", restore: "history" } as const;

/**
 * A half-filled wizard is a dot on the navigation. One that is left from before this start is offered in words, until somebody takes
 * it up. One that is being carried out is running, and is shown as that.
 */
function showDraft(): void {
  const kept = draft.value;
  const runs = kept && frame.running.some(({ screen }) => screen === wizards[kept.source.kind]);
  const stands = kept && router.screen === wizards[kept.source.kind];
  frame.halfFilled = kept && !runs && !stands ? { [homes[kept.source.kind]]: startText.halfFilled(what(kept)) } : {};
  if (!kept || runs || !draft.isFromBefore || (Object.values(wizards) as ScreenName[]).includes(router.screen)) {
    frame.dismissBanner("draft");
    return;
  }
  frame.banner({
    id: "draft",
    tone: "info",
    text: startText.draft(what(kept), lost(kept)),
    actions: [
      { label: startText.draftContinue, run: () => router.go(wizards[kept.source.kind]) },
      { label: startText.draftDiscard, run: () => void orToast(discard) },
    ],
  });
}

function what({ source }: Draft): string {
  if (source.kind === "environment") return startText.promoting(source.agent);
  if (source.kind === "file") return startText.importing(source.path.split(/[\\/]/).at(-1) ?? "");
  return startText.restoring;
}

/** Which environments of it were removed since. */
function lost({ source, to }: Draft): "none" | "source" | "target" | "both" {
  const lostSource = source.kind === "environment" && environments.isGone(source.environment);
  const lostTarget = environments.isGone(to);
  if (lostSource) return lostTarget ? "both" : "source";
  return lostTarget ? "target" : "none";
}

async function discard(): Promise<void> {
  await draft.discard();
  toast(startText.draftDiscarded, "info");
}
