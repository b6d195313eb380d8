import ArrowRightLeft from "@lucide/svelte/icons/arrow-right-left";
import FileInput from "@lucide/svelte/icons/file-input";
import GitCompare from "@lucide/svelte/icons/git-compare";
import History from "@lucide/svelte/icons/history";
import LayoutGrid from "@lucide/svelte/icons/layout-grid";
import ListChecks from "@lucide/svelte/icons/list-checks";
import RotateCcw from "@lucide/svelte/icons/rotate-ccw";
import Server from "@lucide/svelte/icons/server";
import Settings from "@lucide/svelte/icons/settings";
import type { Component } from "svelte";
import type { ScreenName, ScreenParams } from "../state/router.svelte";

type Load<S extends ScreenName> = () => Promise<{ default: Component<{ params: ScreenParams[S] }> }>;

/** Where each screen comes from. Each is loaded when it is opened, the first one beside the start (`App.svelte`). */
export const screens: { [S in ScreenName]: { icon: Component<{ size?: number | string }>; load: Load<S> } } = {
  overview: { icon: LayoutGrid, load: () => import("../domains/overview/OverviewScreen.svelte") },
  promote: { icon: ArrowRightLeft, load: () => import("../domains/promote/PromoteScreen.svelte") },
  import: { icon: FileInput, load: () => import("../domains/promote/ImportScreen.svelte") },
  restore: { icon: RotateCcw, load: () => import("../domains/promote/RestoreScreen.svelte") },
  batch: { icon: ListChecks, load: () => import("../domains/batch/BatchScreen.svelte") },
  compare: { icon: GitCompare, load: () => import("../domains/compare/CompareScreen.svelte") },
  history: { icon: History, load: () => import("../domains/history/HistoryScreen.svelte") },
  environments: { icon: Server, load: () => import("../domains/environments/EnvironmentsScreen.svelte") },
  settings: { icon: Settings, load: () => import("../domains/settings/SettingsScreen.svelte") },
};
