import Archive from "@lucide/svelte/icons/archive";
import ArrowRightLeft from "@lucide/svelte/icons/arrow-right-left";
import FileDown from "@lucide/svelte/icons/file-down";
import GitCompare from "@lucide/svelte/icons/git-compare";
import History from "@lucide/svelte/icons/history";
import type { MenuItem } from "../../components/Menu.svelte";
import type { EnvironmentView } from "../../contract";
import { router } from "../../state/router.svelte";
import { overviewText as text } from "../../text/en/overview";

/** An agent where it is. */
export interface AgentAt {
  agent: string;
  environment: EnvironmentView;
}

interface Asked {
  /** The agent in the nearest other environment that has it too. */
  other: AgentAt | undefined;
  onexport: (at: AgentAt) => void;
  onbackup: (at: AgentAt) => void;
}

/** What can be done with an agent that is there. */
export function actionsFor(at: AgentAt, { other, onexport, onbackup }: Asked): MenuItem[] {
  const { agent, environment } = at;
  return [
    { label: text.promoteFrom(environment.name), icon: ArrowRightLeft, run: () => router.go("promote", { from: environment.id, agents: [agent] }) },
    other
      ? { label: text.compare(environment.name, other.environment.name), icon: GitCompare, run: () => compare(at, other) }
      : { label: text.compare(environment.name, "…"), icon: GitCompare, unavailable: text.onlyHere, run: () => undefined },
    { label: text.export(environment.name), icon: FileDown, separated: true, run: () => onexport(at) },
    { label: text.backUp(environment.name), icon: Archive, run: () => onbackup(at) },
    { label: text.history, icon: History, separated: true, run: () => router.go("history", { agent }) },
  ];
}

/** What can be done about an agent that is not there. */
export function actionsForMissing({ agent, environment: from }: AgentAt, to: EnvironmentView): MenuItem[] {
  return [
    { label: text.promoteHere(from.name, to.name), icon: ArrowRightLeft, run: () => router.go("promote", { from: from.id, to: to.id, agents: [agent] }) },
    { label: text.history, icon: History, separated: true, run: () => router.go("history", { agent }) },
  ];
}

function compare(left: AgentAt, right: AgentAt): void {
  router.go("compare", {
    left: { kind: "live", environment: left.environment.id, agent: left.agent },
    right: { kind: "live", environment: right.environment.id, agent: right.agent },
  });
}
