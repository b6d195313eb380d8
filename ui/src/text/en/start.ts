import { grouped } from "../number";

const lostEnvironments = {
  none: "",
  source: " The environment that it was to come from is gone; the rest is kept.",
  target: " The environment that it was to go to is gone; the rest is kept.",
  both: " The environments that it was to come from and go to are gone; the rest is kept.",
} as const;

/** Words around every screen: the start, a dropped file, the closing window, the first steps. */
export const startText = {
  failed: "aidb could not start completely.",
  again: "Try again",
  drop: "Drop the configuration file anywhere",
  dropText: "It is checked before anything happens.",
  draft: (what: string, lost: keyof typeof lostEnvironments) => `You were in the middle of ${what}.${lostEnvironments[lost]}`,
  promoting: (agent: string | null) => (agent === null ? "promoting an agent" : `promoting ${agent}`),
  importing: (file: string) => (file === "" ? "importing a file" : `importing ${file}`),
  restoring: "restoring a backup",
  draftContinue: "Continue",
  draftDiscard: "Discard",
  draftDiscarded: "The half-filled form is forgotten. Nothing was changed in an environment.",
  trouble: (subject: string, message: string) => `${subject}: ${message}`,
  openSettings: "Open Settings",
  close: {
    title: (running: readonly string[]) =>
      running.length === 1 ? `${String(running[0])} is still running` : `${grouped(running.length)} operations are still running`,
    text: "Closing stops it. What it has changed so far is put back first, so that nothing stays half done.",
    several: "Closing stops them. What they have changed so far is put back first, so that nothing stays half done.",
    keep: "Keep running",
    stop: "Stop, put back and close",
    stopping: "Stopping and putting back. The window closes when that is done.",
    progress: "Putting back",
  },
  steps: {
    title: "Carry an agent’s configuration from one environment to the next",
    lead: "Read in plain words what will change, apply it with one button, and get back with another.",
    sandboxTitle: "Try it with sample environments",
    sandboxText: "Three servers on this machine with sample agents that really differ. Nothing leaves this machine, and one click removes it all.",
    sandboxStages: ["Development", "Staging", "Production"],
    sandboxButton: "Start the sample environments",
    sandboxStarting: "Starting three servers on this machine…",
    sandboxReady: "The sample environments are ready.",
    addTitle: "Add your first environment",
    addText: "The URL of an AI Agent Connector and its API key. The key goes into this machine’s keychain, and the connection is tested line by line.",
    addButton: "Add an environment",
    addPoints: ["Nothing is written to a server until you apply a plan", "Every change is backed up first"],
  },
  palette: {
    environment: "Environment",
    agent: "Agent",
    theme: "Theme",
    sandbox: "Sample environments",
    open: (name: string) => `Open ${name}`,
    check: (name: string) => `Check ${name}`,
    promote: (agent: string, from: string) => `Promote ${agent} from ${from}`,
    use: { system: "Use the system’s theme", light: "Use the light theme", dark: "Use the dark theme" },
    start: "Start the sample environments",
    remove: "Remove the sample environments…",
    add: "Add an environment",
  },
} as const;
