import type { KeyView } from "../../contract";

/** Words about the keychain and the keys in it. */
export const keychainText = {
  title: {
    ready: "Keychain ready",
    locked: "The keychain is locked",
    silent: "The keychain does not answer",
    absent: "No keychain on this machine",
    session: "Keys are kept for this session",
    failed: "The keychain failed",
    unknown: "Asking the keychain…",
  },
  noKeyCanBeUsed: "No stored API key can be used until it answers.",
  unlock: "Unlock the keychain",
  again: "Try again",
  session: "Keep keys for this session",
  sessionMeans: "Keys stay in memory until aidb is closed. Nothing is written to a file.",
  howTo: "How to get a keychain",
  how: [
    "On Linux, install GNOME Keyring or KWallet with your package manager and log in again. On a machine without a desktop, start gnome-keyring-daemon in the session.",
    "On macOS and Windows the keychain belongs to the system. When it is missing, the account has usually been changed from outside: log out and in again.",
    "Then choose “Try again”. aidb never falls back to a file.",
  ],
  howSilent: "How to make it answer",
  silent: [
    "Look for a window of the keychain that asks for a password: it may stand behind this one, or on another screen.",
    "If there is none, restart the keychain: log out and in again.",
    "Then choose “Try again”. Until it answers, keys can be kept for this session; what the keychain holds stays in it.",
  ],
  key: {
    stored: "Stored in the keychain",
    session: "Kept for this session",
    asking: "Asking the keychain",
    missing: "No key",
    locked: "Keychain locked",
    silent: "Keychain does not answer",
    absent: "No keychain",
    failed: "The keychain failed",
  },
  endsIn: (ending: string) => `ends in ${ending}`,
  setAt: "set",
} as const;

/** The state of a key in a few words. */
export function keyWords(key: KeyView): string {
  if (key.state === "stored" && key.session_only) return keychainText.key.session;
  return keychainText.key[key.state];
}
