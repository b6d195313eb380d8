import type { ErrorCode, ErrorReport, KeychainState, KeychainView } from "../contract";
import { host } from "../host/host";
import { Task } from "../host/task.svelte";
import { agents } from "./agents.svelte";
import { environments } from "./environments.svelte";

type Command = "keychain_status" | "keychain_unlock" | "keychain_session";

const states: Partial<Record<ErrorCode, KeychainState>> = {
  keychain_locked: "locked",
  keychain_silent: "silent",
  keychain_absent: "absent",
};

/**
 * The keychain of this machine, and what a person decided about it: the one source for every screen. Whatever tells how it is
 * is heard here, and what is known of the environments' keys is asked anew when it changes. Nothing here rejects: see `error`.
 */
class Keychain {
  /** Null while it has not been asked, or when it failed. */
  get view(): KeychainView | null {
    return this.#asking.value;
  }

  get error(): ErrorReport | null {
    return this.#asking.error;
  }

  #asking = new Task<KeychainView, Command>();

  /** Takes over what the start was answered. */
  begin(view: KeychainView | null): void {
    this.#asking.value = view;
  }

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

  /** Takes note of what any command was refused for. */
  async heard(error: ErrorReport): Promise<void> {
    const told = states[error.code];
    if (!told || this.busy || told === this.state) return;
    this.#asking.error = error;
    await environments.refresh();
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

  /** The servers are asked again as well, with the keys that are there now. */
  async #change(command: Command): Promise<void> {
    await this.#ask(command);
    if (!this.isUsable) return;
    await environments.refresh();
    await Promise.all([environments.checkAll(), agents.retry(Object.keys(states) as ErrorCode[])]);
  }

  /** What is known of each environment's key depends on it. */
  async #ask(command: Command): Promise<void> {
    const before = this.state;
    await this.#asking.run(() => host().call(command, null), command);
    if (before !== "unknown" && before !== this.state) await environments.refresh();
  }

  get busy(): Command | null {
    return this.#asking.doing;
  }
}

export const keychain = new Keychain();
