import type { State } from "../components/StateIcon.svelte";
import type { EnvironmentView, Reachability } from "../contract";
import { frameText } from "../text/en/frame";
import { keyWords } from "../text/en/keychain";
import { agents } from "./agents.svelte";
import { environments } from "./environments.svelte";

/** How an environment stands, in one word: the same for its pill, its card, its row and the palette. */
export interface Standing {
  state: Reachability | "checking" | "emptied" | "unknown";
  word: string;
  /** More of it, one sentence. */
  why?: string;
}

/** The picture beside the word. */
export const standingIcon: Record<Standing["state"], State> = {
  reachable: "works", unreachable: "fails", key_refused: "fails", emptied: "fails", key_missing: "limited", checking: "skipped", unknown: "unknown",
};

/** What is in the way of its key says more than the last contact, and a server that lost its agents more than that it answers. */
export function standing(environment: EnvironmentView): Standing {
  const { id, key, contact } = environment;
  if (environments.isChecking(id)) return { state: "checking", word: frameText.environmentState.checking };
  if (key.state !== "stored") {
    const why = key.state === "failed" ? { why: key.error.message } : {};
    return { state: "key_missing", word: keyWords(key), ...why };
  }
  const state = contact && contact.state !== "reachable" ? contact.state : null;
  if (state && contact) return { state, word: frameText.environmentState[state], why: contact.message };
  const lost = agents.lost(id);
  if (lost) return { state: "emptied", word: frameText.environmentState.emptied, why: lost };
  return contact
    ? { state: "reachable", word: frameText.environmentState.reachable, why: contact.message }
    : { state: "unknown", word: frameText.environmentState.unknown };
}

/** How asking its server came out, for a message that stands beside nothing. */
export function contactNews(environment: EnvironmentView): { text: string; tone: "success" | "warning" } {
  const { state, word, why } = standing(environment);
  return { text: `${environment.name}: ${why ?? word}`, tone: state === "reachable" ? "success" : "warning" };
}
