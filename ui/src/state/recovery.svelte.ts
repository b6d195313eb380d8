import type { ErrorReport, InterruptedView, RecoveredView, RecoveryMode } from "../contract";
import { host } from "../host/host";
import { Task } from "../host/task.svelte";

/** An interrupted operation that waits, and for what. */
export interface Waiting {
  interrupted: InterruptedView;
  error: ErrorReport;
}

/** What was interrupted: recovered by the start, or waiting for somebody. Nothing here rejects: see `error`. */
class Recovery {
  /** What was recovered since the start, until it is dismissed. */
  recovered = $state.raw<readonly RecoveredView[]>([]);
  waiting = $state.raw<readonly Waiting[]>([]);
  #looking = new Task<readonly RecoveredView[]>();
  /** By operation. */
  #working = new Task<void>();

  get error(): ErrorReport | null {
    return this.#working.error ?? this.#looking.error;
  }

  /** The operation that is being recovered. */
  get busy(): string | null {
    return this.#working.doing;
  }

  /** What the start did by itself. */
  async load(): Promise<void> {
    this.#take((await this.#looking.run(() => host().call("recovery_start", null))) ?? []);
  }

  /** Puts one back, or carries it through to its end. */
  async run(operation: string, mode: RecoveryMode): Promise<void> {
    await this.#working.run(async () => {
      const recovered = await host().call("recovery_run", { operation, mode });
      this.waiting = this.waiting.filter(({ interrupted }) => interrupted.operation !== operation);
      this.#take(recovered);
    }, operation);
  }

  /** Ends one as it stands. */
  async leave(operation: string): Promise<void> {
    await this.#working.run(async () => {
      await host().call("recovery_leave", { operation });
      this.waiting = this.waiting.filter(({ interrupted }) => interrupted.operation !== operation);
    }, operation);
  }

  /** After an apply that could not put back what it had changed. */
  async refresh(): Promise<void> {
    await this.#looking.run(async () => {
      const interrupted = await host().call("recovery_list", null);
      this.waiting = interrupted.flatMap((one) => (one.waits ? [{ interrupted: one, error: one.waits }] : []));
      return [];
    });
  }

  dismiss(operation: string): void {
    this.recovered = this.recovered.filter(({ interrupted }) => interrupted.operation !== operation);
  }

  #take(recovered: readonly RecoveredView[]): void {
    for (const one of recovered) {
      const { interrupted, end } = one;
      if (end.end === "waiting") this.waiting = [...this.waiting, { interrupted, error: end.error }];
      else this.recovered = [...this.recovered, one];
    }
  }
}

export const recovery = new Recovery();
