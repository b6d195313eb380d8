import type { Way } from "../components/ways";
import type { ErrorReport } from "../contract";
import { keychainText as text } from "../text/en/keychain";
import { keychain } from "./keychain.svelte";

/** What a person can do about a keychain that was in the way; nothing once it is not any more. */
export function keychainWays(error: ErrorReport): Way[] {
  const { code } = error;
  if (code !== "keychain_locked" && code !== "keychain_absent" && code !== "keychain_silent") return [];
  const session = way(error, text.session, keychain.busy === "keychain_session", () => keychain.useSession());
  if (code !== "keychain_locked") return [session];
  return [way(error, text.unlock, keychain.busy === "keychain_unlock", () => keychain.unlock()), session];
}

function way(error: ErrorReport, label: string, busy: boolean, act: () => Promise<void>): Way {
  const run = async (): Promise<ErrorReport | null> => {
    await act();
    return keychain.isUsable ? null : (keychain.error ?? error);
  };
  return { label, busy, run };
}
