import type { ErrorCode, ErrorReport, KeychainState, KeychainView } from "../contract";
import { host, toErrorReport } from "../host/host";
import { environments } from "./environments.svelte";

type Command = "keychain_status" | "keychain_unlock" | "keychain_session";

const states: Partial<Record<ErrorCode, KeychainState>> = {
  keychain_locked: "locked",
  keychain_silent: "silent",
  keychain_absent: "absent",
};

/** The keychain of this machine, and what a person decided about it. Nothing here rejects: see `error`. */
class Keychain {
  /** Null while it has not been asked, or when it failed. */
  view = $state.raw<KeychainView | null>(null);
  error = $state.raw<ErrorReport | null>(null);
  busy = $state<Command | null>(null);

  /** An error tells how it is now; what was known before it is older. */
  get state(): KeychainState | "failed" | "unknown" {
    if (this.error) return states[this.error.code] ?? "failed";
    return this.view?.state ?? "unknown";
  }

  /** Whether keys can be stored now. */
  get isUsable(): boolean {
    return this.state === "ready" || this.state === "session";
  }

  /** Whether a person has to do something before keys can be read or stored. */
  get isUnwell(): boolean {
    return !this.isUsable && this.state !== "unknown";
  }

  /** Asks how it is. */
  refresh(): Promise<void> {
    return this.#ask("keychain_status");
  }

  /** Asks anew, and for the keys that it holds. */
  tryAgain(): Promise<void> {
    return this.#change("keychain_status");
  }

  /** Asks the person, through the system's own prompt, to unlock it. */
  unlock(): Promise<void> {
    return this.#change("keychain_unlock");
  }

  /** Keys are kept in memory until aidb is closed. */
  useSession(): Promise<void> {
    return this.#change("keychain_session");
  }

  /** What is known of each environment's key depends on it. */
  async #change(command: Command): Promise<void> {
    await this.#ask(command);
    if (!this.isUsable) return;
    await environments.refresh();
    await environments.checkAll();
  }

  async #ask(command: Command): Promise<void> {
    this.busy = command;
    try {
      this.view = await host().call(command, null);
      this.error = null;
    } catch (thrown) {
      this.error = toErrorReport(thrown);
    } finally {
      this.busy = null;
    }
  }
}

export const keychain = new Keychain();
