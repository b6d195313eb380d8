import FlaskConical from "@lucide/svelte/icons/flask-conical";
import Plus from "@lucide/svelte/icons/plus";
import PlugZap from "@lucide/svelte/icons/plug-zap";
import Server from "@lucide/svelte/icons/server";
import SunMoon from "@lucide/svelte/icons/sun-moon";
import ArrowRightLeft from "@lucide/svelte/icons/arrow-right-left";
import { announce, toast } from "../components/announce.svelte";
import { visible } from "../components/identifier";
import { toErrorReport } from "../host/host";
import { agents } from "../queries/agents.svelte";
import { environments, sandbox, settings } from "../queries/start.svelte";
import { startText } from "../text/en/start";
import type { PaletteEntry } from "./palette.svelte";
import { router } from "./router.svelte";

const words = startText.palette;

/** What the palette offers besides the screens: it is asked anew at every key that is typed. */
export function entries(): PaletteEntry[] {
  return [...ofEnvironments(), ...ofAgents(), ...ofThemes(), ...ofSandbox()];
}

function ofEnvironments(): PaletteEntry[] {
  const add = { id: "environment.add", label: words.add, group: words.environment, icon: Plus, run: () => router.go("environments", { add: true }) };
  const each = environments.items.flatMap(({ id, name, url }) => [
    { id: `environment.open.${id}`, label: words.open(name), group: words.environment, keywords: url, icon: Server, run: () => router.go("environments", { environment: id }) },
    { id: `environment.check.${id}`, label: words.check(name), group: words.environment, keywords: `test ${url}`, icon: PlugZap, run: () => run(() => check(id)) },
  ]);
  return [...each, add];
}

async function check(id: string): Promise<void> {
  await environments.check(id);
  const contact = environments.byId(id)?.contact;
  if (contact) toast(contact.message, contact.state === "reachable" ? "success" : "warning");
}

/** Each agent once, from the first stage that has it: that is where promoting begins. */
function ofAgents(): PaletteEntry[] {
  const seen = new Set<string>();
  return environments.items.flatMap(({ id, name }) =>
    (agents.of(id)?.agents ?? [])
      .filter((agent) => !seen.has(agent) && seen.add(agent))
      .map((agent) => ({
        id: `agent.${agent}`, label: words.promote(visible(agent), name), group: words.agent, icon: ArrowRightLeft,
        run: () => router.go("promote", { from: id, agents: [agent] }),
      })),
  );
}

function ofThemes(): PaletteEntry[] {
  return (["system", "light", "dark"] as const).map((theme) => ({
    id: `theme.${theme}`, label: words.use[theme], group: words.theme, icon: SunMoon,
    run: () => run(async () => { await settings.save({ theme }); announce(words.use[theme]); }),
  }));
}

function ofSandbox(): PaletteEntry[] {
  const entry = { group: words.sandbox, icon: FlaskConical, keywords: "sandbox" };
  if (sandbox.state.state === "off") {
    return [{ ...entry, id: "sandbox.start", label: words.start, run: () => run(start) }];
  }
  // Removing says first what goes: on its own screen.
  return [{ ...entry, id: "sandbox.remove", label: words.remove, run: () => router.go("environments", { section: "sandbox" }) }];
}

async function start(): Promise<void> {
  await sandbox.start();
  toast(startText.steps.sandboxReady);
}

function run(work: () => Promise<void>): void {
  work().catch((thrown: unknown) => toast(toErrorReport(thrown).message, "danger"));
}
