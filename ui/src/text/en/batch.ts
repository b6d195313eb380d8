import type { BatchedState, BatchedView } from "../../contract";
import { counted, grouped } from "../number";

const states: Record<BatchedState, string> = {
  done: "Done",
  put_back: "Put back",
  needs_attention: "Needs attention",
  refused: "Not begun",
  open: "In the middle",
  not_started: "Not started",
};

/** "12 done, 1 put back, 2 not started." */
function summary(agents: readonly BatchedView[]): string {
  const order: BatchedState[] = ["done", "put_back", "needs_attention", "refused", "open", "not_started"];
  const counts = order.map((state) => ({ state, count: agents.filter((agent) => agent.state === state).length }));
  const said = counts.filter(({ count }) => count > 0).map(({ state, count }) => `${grouped(count)} ${states[state].toLowerCase()}`);
  return `${said.join(", ")}.`;
}

/** Words of a batch: several agents in one go. */
export const batchText = {
  screen: "Several agents",
  title: (agents: number, target: string) => `${counted(agents, "agent", "agents")} in ${target}`,
  from: (source: string) => `From ${source}. Each is planned, backed up, written and read back by itself.`,
  nothing: "No agents were chosen",
  nothingToDo: "Nothing is left to do",
  toOverview: "To the overview",
  again: "Try again",
  back: "Back",
  reading: "Planning each agent…",
  agents: "Agents of this batch",
  include: (agent: string) => `Change ${agent}`,
  registers: "New there",
  deletes: "Is deleted",
  gains: (count: number) => `${grouped(count)} ${count === 1 ? "change" : "changes"}`,
  loses: (count: number, ticked: number) => (ticked === count ? `loses ${grouped(count)}` : ticked > 0 ? `loses ${grouped(ticked)} of ${grouped(count)}` : `would lose ${grouped(count)}, not ticked`),
  cannot: (count: number) => `${grouped(count)} cannot be changed`,
  same: "Nothing to change",
  first: (agent: string) => `${agent} first, the others when it is done`,
  agreeDeletion: (target: string) => `Delete agents in ${target} that did not exist before: their present keys stop working for good`,
  typeName: (target: string) => `Type ${target} to confirm`,
  typeNameHint: "It is protected. Once for all agents",
  reason: "Reason",
  reasonHint: "Shown in the history of each agent",
  eachItsOwn: "An agent that fails is put back, and the others go on. After three failures of the same kind in a row no further agent begins.",
  apply: (changes: number, losses: number, agents: number, target: string) => {
    const losing = losses > 0 ? `, ${grouped(losses)} of them losing access` : "";
    return `Apply ${counted(changes, "change", "changes")}${losing} to ${counted(agents, "agent", "agents")} in ${target}`;
  },
  running: (target: string) => `Changing agents in ${target}`,
  doneOf: (done: number, all: number) => `${grouped(done)} of ${grouped(all)}`,
  waiting: "Waiting",
  writing: "Writing",
  notDone: "Not done",
  stopAfter: "Stop after those under way",
  stopNow: "Stop and put those back",
  summary,
  states,
  record: "Record",
  undo: "Undo this batch…",
  tryRest: (count: number) => `Try the rest again (${grouped(count)})…`,
  select: {
    bar: "Selected agents",
    count: (count: number) => `${counted(count, "agent", "agents")} selected`,
    row: (agent: string) => `Select ${agent}`,
    all: "Select all that are shown",
    from: "From",
    to: "To",
    review: "Review…",
    clear: "Clear the selection",
  },
  left: {
    text: (words: string, done: number, of: number) => `A batch was interrupted: ${words}. ${grouped(done)} of ${grouped(of)} done.`,
    goOn: "Go on…",
    leave: "Leave it",
  },
} as const;
