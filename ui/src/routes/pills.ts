import type { EnvironmentView } from "../contract";
import { keyWords } from "../text/en/keychain";
import type { EnvironmentPill } from "./frame.svelte";

/** An environment as the frame shows it: a missing key says more than the last contact. */
export function pill(environment: EnvironmentView, checking: boolean): EnvironmentPill {
  const { id, name, colour, protected: guarded, contact, key } = environment;
  const shown = { id, name, colour, protected: guarded };
  if (checking) return { ...shown, state: "checking" };
  if (key.state !== "stored") {
    return { ...shown, state: "key_missing", detail: key.state === "failed" ? key.error.message : keyWords(key) };
  }
  return contact ? { ...shown, state: contact.state, detail: contact.message } : { ...shown, state: "unknown" };
}
