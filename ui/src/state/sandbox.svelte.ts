import type { Progress, SandboxState } from "../contract";
import { host } from "../host/host";
import { environments } from "./environments.svelte";

/** The sample environments. */
class Sandbox {
  state = $state.raw<SandboxState>({ state: "off" });
  /** What is under way. */
  busy = $state<"starting" | "removing" | null>(null);
  progress = $state.raw<Progress | null>(null);

  start(): Promise<void> {
    return this.#run("starting", "sandbox_start", "running");
  }

  remove(): Promise<void> {
    return this.#run("removing", "sandbox_remove", "off");
  }

  async #run(busy: "starting" | "removing", command: "sandbox_start" | "sandbox_remove", then: "running" | "off"): Promise<void> {
    if (this.busy) return;
    this.busy = busy;
    this.progress = null;
    try {
      environments.set(await host().call(command, null, (event) => (this.progress = event)));
      this.state = { state: then };
    } finally {
      this.busy = null;
    }
    await environments.checkAll();
  }
}

export const sandbox = new Sandbox();
