/** Words of the API key that aidb makes for an agent. It is copied, and never shown. */
export const agentKeyText = {
  title: "The agent's API key",
  looking: "Looking for the key…",
  kept: "aidb made it and keeps it on this machine. It is copied for a minute, and never shown.",
  gone: "It cannot be copied here.",
  copy: "Copy the agent's API key",
  copied: (seconds: number) =>
    seconds >= 55 && seconds <= 65 ? "The key is on the clipboard for a minute." : `The key is on the clipboard for ${String(seconds)} seconds.`,
  unlock: "Unlock the keychain",
  again: "Look again",
} as const;
