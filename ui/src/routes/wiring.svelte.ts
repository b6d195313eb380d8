import type { Draft } from "../contract";
import { toast } from "../components/announce.svelte";
import { toErrorReport } from "../host/host";
import { draft, environments, keychain, settings, start } from "../queries/start.svelte";
import { startText } from "../text/en/start";
import { entries } from "./entries";
import { frame, setTheme } from "./frame.svelte";
import { palette } from "./palette.svelte";
import { pill } from "./pills";
import { router, type ScreenName } from "./router.svelte";

/** Leads what the start has told into the frame, for as long as the application stands. Called once, by App. */
export function wireFrame(): void {
  $effect(() => {
    frame.environments = environments.items.map((item) => pill(item, environments.isChecking(item.id)));
  });
  $effect(() => {
    frame.keychain = keychain.state;
  });
  $effect(() => {
    if (start.view) setTheme(settings.theme);
  });
  $effect(() => palette.register(entries));
  $effect(showTroubles);
  $effect(showDraft);
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

/** A half-filled wizard is offered on every screen but its own kind. */
function showDraft(): void {
  const kept = draft.value;
  if (!kept || (Object.values(wizards) as ScreenName[]).includes(router.screen)) {
    frame.dismissBanner("draft");
    return;
  }
  frame.banner({
    id: "draft",
    tone: "info",
    text: startText.draft(what(kept), lost(kept)),
    actions: [
      { label: startText.draftContinue, run: () => router.go(wizards[kept.source.kind]) },
      { label: startText.draftDiscard, run: () => void discard() },
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
  try {
    await draft.discard();
    toast(startText.draftDiscarded, "info");
  } catch (thrown) {
    toast(toErrorReport(thrown).message, "danger");
  }
}
