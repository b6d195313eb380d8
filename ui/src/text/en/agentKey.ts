import { grouped } from "../number";

/** Words of the API key that aidb makes for an agent. It is copied, and never shown. */
export const agentKeyText = {
  title: "The agent's API key",
  looking: "Looking for the key…",
  kept: "aidb made it and keeps it on this machine. It is copied for a minute, and never shown.",
  gone: "It cannot be copied here.",
  copy: "Copy the agent's API key",
  copied: (agent: string, seconds: number) =>
    `The key of ${agent} is on the clipboard for ${seconds >= 55 && seconds <= 65 ? "a minute" : `${grouped(seconds)} seconds`}.`,
  again: "Look again",
} as const;
