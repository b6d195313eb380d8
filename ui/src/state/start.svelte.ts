import type { ErrorReport, StartView } from "../contract";
import { host } from "../host/host";
import { Task } from "../host/task.svelte";
import { draft } from "./draft.svelte";
import { environments } from "./environments.svelte";
import { keychain } from "./keychain.svelte";
import { recovery } from "./recovery.svelte";
import { sandbox } from "./sandbox.svelte";
import { settings } from "./settings.svelte";

export { draft, environments, keychain, recovery, sandbox, settings };

/** The application's start: one call fills every shared list, the rest follows in the background. */
class Start {
  /** Null until the engine has answered. */
  get view(): StartView | null {
    return this.#starting.value;
  }

  get error(): ErrorReport | null {
    return this.#starting.error;
  }

  #starting = new Task<StartView>();

  async load(): Promise<void> {
    await this.#starting.run(async () => {
      const view = await host().call("app_start", null);
      settings.value = view.settings;
      keychain.begin(view.keychain);
      sandbox.state = view.sandbox;
      draft.found(view.draft);
      environments.set(view.environments, view.troubles.length === 0);
      return view;
    });
  }

  /** Once what was in its way has been mended. */
  async again(): Promise<void> {
    await this.load();
    await this.follow();
  }

  /** What may take its time: the keychain and the servers. Rejects when aidb itself failed. */
  async follow(): Promise<void> {
    await Promise.all([keychain.refresh(), environments.refresh(), recovery.load()]);
    await environments.checkAll();
  }
}

export const start = new Start();
