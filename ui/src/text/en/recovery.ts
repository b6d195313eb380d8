/** Words about operations that were interrupted, and what became of them. */
export const recoveryText = {
  interrupted: (words: string) => `The ${words} was interrupted.`,
  recovered: (words: string, sentence: string) => `The ${words}: ${sentence}`,
  nothingWritten: "Nothing had been written yet.",
  waits: (agent: string) => `It waits to be settled, and nothing else is applied to ${agent} until then.`,
  failed: "What was interrupted could not be looked at.",
  record: "Show it in the history",
  understood: "Understood",
  putBack: "Put it back now",
  otherWays: "Other ways…",
  title: "How this is settled",
  ways: {
    putBack: { label: "Put it back", text: "What is still as aidb wrote it goes back to what it was. What somebody else has changed since is left and named." },
    finish: { label: "Finish it", text: "The rest of its plan is carried out. What somebody else has changed since is left and named." },
    leave: { label: "Leave it as it is", text: "Nothing is sent. For a server that is gone for good: the backup from before it stays in the history." },
  },
  close: "Not now",
} as const;
