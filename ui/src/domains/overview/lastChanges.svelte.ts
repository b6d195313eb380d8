import type { ErrorReport, LastChange } from "../../contract";
import { host } from "../../host/host";
import { Task } from "../../host/task.svelte";

/** What was changed last in each environment, and by whom. */
class LastChanges {
  #asking = new Task<readonly LastChange[]>();

  get error(): ErrorReport | null {
    return this.#asking.error;
  }

  of(environment: string): LastChange | undefined {
    return this.#asking.value?.find((change) => change.environment === environment);
  }

  /** Its error was read. */
  dismiss(): void {
    this.#asking.error = null;
  }

  /** The history is on this machine: asked each time that the overview is opened. */
  async load(): Promise<void> {
    await this.#asking.run(() => host().call("history_last", null));
  }
}

export const lastChanges = new LastChanges();
