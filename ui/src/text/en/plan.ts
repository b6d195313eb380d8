import type { RowGroup, RowOutcome } from "../../contract";
import { counted, grouped as count } from "../number";

/** "1 change", "4,000 changes". */
export function changes(amount: number): string {
  return counted(amount, "change", "changes");
}

const groups: Record<RowGroup, string> = {
  register: "Register the agent",
  link_database: "Link the database",
  gains_access: "Gains access",
  changes: "Changes",
  loses_access: "Loses access",
  delete_agent: "Delete the agent",
  cannot_change: "Differs, and the server cannot change it",
  kept: "Kept, although the source does not name it",
  same: "Same on both sides",
};

const shortGroups: Record<RowGroup, string> = {
  ...groups,
  cannot_change: "Cannot be changed",
  kept: "Kept",
  same: "Same",
};

const outcomes: Record<RowOutcome, string> = {
  applied: "Applied",
  put_back: "Put back",
  left: "Left as it is",
  failed: "Failed",
  not_reached: "Not reached",
};

/** Words of a plan, wherever one is shown. */
export const planText = {
  count,
  groups,
  shortGroups,
  outcomes,
  table: "What would change",
  tableOfPast: "What was changed",
  leftBecause: "Of everything that is left:",
  search: "Find a resource",
  searchClear: "Clear the search",
  found: (rows: number) => (rows === 1 ? "1 row found" : `${count(rows)} rows found`),
  nothingFound: "No row has that in its name, its type or its words.",
  of: (ticked: number, all: number) => `${count(ticked)} of ${count(all)}`,
  tickGroup: (group: RowGroup) => `All of “${groups[group]}”`,
  selectNone: "select none",
  selectAll: "select all",
  notSelected: "not selected",
  show: "show",
  hide: "hide",
  why: "why?",
  whyLabel: (subject: string) => `Why ${subject} cannot be changed`,
  whyLeft: (subject: string) => `Why ${subject} was left`,
  whyTitle: "Why the server cannot change this",
  whyText:
    "The connector takes an agent's name, type and other details only when the agent is registered. Registering it again would end its " +
    "API key and unlink its database, so aidb never does that to an agent that exists. To change it, ask whoever runs the server.",
  whyClose: "Got it",
  rowsFailed: "Load the rows again",
  losses: (amount: number) => (amount === 1 ? "1 resource loses access" : `${count(amount)} resources lose access`),
  lossesMore: (amount: number) => `… and ${count(amount)} more. The plan shows all of them.`,
  lossesUnticked: (amount: number) =>
    amount === 1 ? "1 resource would lose access. It stays as it is until you tick it." : `${count(amount)} resources would lose access. They stay as they are until you tick them.`,
  lossesOf: (ticked: number, all: number) =>
    ticked === all ? `${planText.losses(all)}.` : `${count(ticked)} of ${count(all)} resources that would lose access are ticked.`,
  summary: "What will happen",
  summaryNothing: "Nothing is selected.",
} as const;
