import Archive from "@lucide/svelte/icons/archive";
import FileDown from "@lucide/svelte/icons/file-down";
import FlaskConical from "@lucide/svelte/icons/flask-conical";
import GitCompare from "@lucide/svelte/icons/git-compare";
import History from "@lucide/svelte/icons/history";
import Plus from "@lucide/svelte/icons/plus";
import PlugZap from "@lucide/svelte/icons/plug-zap";
import Server from "@lucide/svelte/icons/server";
import SunMoon from "@lucide/svelte/icons/sun-moon";
import ArrowRightLeft from "@lucide/svelte/icons/arrow-right-left";
import { announce, toast } from "../components/announce.svelte";
import { visible } from "../components/identifier";
import type { EnvironmentView } from "../contract";
import { orToast } from "../shared/orToast";
import { agents } from "../state/agents.svelte";
import { contactNews } from "../state/standing";
import { environments, sandbox, settings } from "../state/start.svelte";
import { startText } from "../text/en/start";
import type { PaletteEntry } from "../state/palette.svelte";
import { router } from "../state/router.svelte";

const text = startText.palette;

/** What the palette offers besides the screens: it is asked anew at every key that is typed. */
export function entries(): PaletteEntry[] {
  return [...ofEnvironments(), ...ofAgents(), ...ofThemes(), ...ofSandbox()];
}

function ofEnvironments(): PaletteEntry[] {
  const add = { id: "environment.add", label: text.add, group: text.environment, icon: Plus, run: () => router.go("environments", { add: true }) };
  const each = environments.items.flatMap(({ id, name, url }) => [
    { id: `environment.open.${id}`, label: text.open(name), group: text.environment, keywords: url, icon: Server, run: () => router.go("environments", { environment: id }) },
    { id: `environment.check.${id}`, label: text.check(name), group: text.environment, keywords: `test ${url}`, icon: PlugZap, run: () => orToast(() => check(id)) },
  ]);
  return [...each, add];
}

async function check(id: string): Promise<void> {
  await environments.ask(id);
  const environment = environments.byId(id);
  if (!environment) return;
  const { text, tone } = contactNews(environment);
  toast(text, tone);
}

/** What its row in the overview offers, for each agent: from the first stage that has it, which is where promoting begins. */
function ofAgents(): PaletteEntry[] {
  const seen = new Set<string>();
  return environments.items.flatMap((environment, stage) =>
    (agents.of(environment.id)?.agents ?? []).filter((agent) => !seen.has(agent) && seen.add(agent)).flatMap((agent) => ofAgent(agent, environment, stage)),
  );
}

function ofAgent(agent: string, { id, name }: EnvironmentView, stage: number): PaletteEntry[] {
  const entry = { group: text.agent };
  const shown = visible(agent);
  const other = environments.items.slice(stage + 1).find((next) => agents.of(next.id)?.agents.includes(agent));
  const live = (environment: string) => ({ kind: "live" as const, environment, agent });
  return [
    { ...entry, id: `agent.promote.${agent}`, label: text.promote(shown, name), icon: ArrowRightLeft, run: () => router.go("promote", { from: id, agents: [agent] }) },
    ...(other ? [{ ...entry, id: `agent.compare.${agent}`, label: text.compare(shown, name, other.name), icon: GitCompare, run: () => router.go("compare", { left: live(id), right: live(other.id) }) }] : []),
    { ...entry, id: `agent.export.${agent}`, label: text.export(shown, name), icon: FileDown, run: () => router.go("overview", { act: "export", environment: id, agent }) },
    { ...entry, id: `agent.backup.${agent}`, label: text.backUp(shown, name), icon: Archive, run: () => router.go("overview", { act: "back_up", environment: id, agent }) },
    { ...entry, id: `agent.history.${agent}`, label: text.history(shown), icon: History, run: () => router.go("history", { agent }) },
  ];
}

function ofThemes(): PaletteEntry[] {
  return (["system", "light", "dark"] as const).map((theme) => ({
    id: `theme.${theme}`, label: text.use[theme], group: text.theme, icon: SunMoon,
    run: () => orToast(async () => { await settings.save({ theme }); announce(text.use[theme]); }),
  }));
}

function ofSandbox(): PaletteEntry[] {
  const entry = { group: text.sandbox, icon: FlaskConical, keywords: "sandbox" };
  if (sandbox.state.state === "off") {
    return [{ ...entry, id: "sandbox.start", label: text.start, run: () => void orToast(start) }];
  }
  // Removing says first what goes: on its own screen.
  return [{ ...entry, id: "sandbox.remove", label: text.remove, run: () => router.go("environments", { section: "sandbox" }) }];
}

async function start(): Promise<void> {
  await sandbox.start();
  toast(startText.steps.sandboxReady);
}
