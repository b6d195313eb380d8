import { frame } from "../state/frame.svelte";
import { palette } from "../state/palette.svelte";
import { announce } from "../components/announce.svelte";

/** What the frame shows in the gallery: every state of an environment, and something that runs. */
export function fillFrame(): void {
  frame.environments = [
    { id: "dev", name: "Development", colour: "blue", protected: false, state: "reachable", word: "Reachable" },
    { id: "staging", name: "Staging", colour: "amber", protected: false, state: "key_missing", word: "No key" },
    { id: "test", name: "Acceptance", colour: "teal", protected: false, state: "checking", word: "Checking" },
    { id: "prod", name: "Production", colour: "red", protected: true, state: "unreachable", word: "Unreachable" },
  ];
  frame.keychain = "ready";
  frame.running = [
    { id: "apply", label: "Promoting my-agent to Staging", value: 310, max: 1000, screen: "promote", open: () => announce("The promotion was opened") },
  ];
  frame.banner({
    id: "recovered",
    tone: "warning",
    text: "An import into Staging was interrupted. What it had changed was put back.",
    actions: [{ label: "Show it", run: () => announce("The import was opened") }],
    dismissible: true,
  });
  frame.badges = { overview: "3 differ" };
  palette.register([
    { id: "sample.say", label: "Say something", group: "Sample", run: () => announce("Something was said") },
  ]);
}
