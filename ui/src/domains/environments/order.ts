import { announce } from "../../components/announce.svelte";
import type { ErrorReport } from "../../contract";
import { host, toErrorReport } from "../../host/host";
import { environments } from "../../state/start.svelte";
import { environmentsText as text } from "../../text/en/environments";

/** The list with one item elsewhere; the same list when it cannot go there. */
export function moved<Item>(items: readonly Item[], from: number, to: number): readonly Item[] {
  if (from === to || from < 0 || to < 0 || from >= items.length || to >= items.length) return items;
  const rest = items.filter((_, index) => index !== from);
  return [...rest.slice(0, to), ...items.slice(from, from + 1), ...rest.slice(to)];
}

/** Moves one environment here and shows it at once; nothing is stored before `storeOrder`. */
export function showMoved(id: string, to: number): boolean {
  const before = environments.items;
  const after = moved(before, before.findIndex((item) => item.id === id), to);
  if (after === before) return false;
  environments.set(after);
  announce(text.moved(after[to]?.name ?? "", to + 1, after.length));
  return true;
}

/** Stores the order that is shown. When that fails the order that is stored is shown again. */
export async function storeOrder(): Promise<ErrorReport | null> {
  try {
    environments.set(await host().call("environment_order", { ids: environments.items.map(({ id }) => id) }));
    return null;
  } catch (thrown) {
    await environments.refresh();
    return toErrorReport(thrown);
  }
}
