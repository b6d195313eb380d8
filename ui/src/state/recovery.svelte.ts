import type { ErrorReport, InterruptedView, RecoveredView, RecoveryMode } from "../contract";
import { host, toErrorReport } from "../host/host";

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
  error = $state.raw<ErrorReport | null>(null);
  /** The operation that is being recovered. */
  busy = $state<string | null>(null);

  /** What the start did by itself. */
  async load(): Promise<void> {
    try {
      this.#take(await host().call("recovery_start", null));
      this.error = null;
    } catch (thrown) {
      this.error = toErrorReport(thrown);
    }
  }

  /** Puts one back, or carries it through to its end. */
  async run(operation: string, mode: RecoveryMode): Promise<void> {
    await this.#work(operation, async () => {
      const recovered = await host().call("recovery_run", { operation, mode });
      this.waiting = this.waiting.filter(({ interrupted }) => interrupted.operation !== operation);
      this.#take(recovered);
    });
  }

  /** Ends one as it stands. */
  async leave(operation: string): Promise<void> {
    await this.#work(operation, async () => {
      await host().call("recovery_leave", { operation });
      this.waiting = this.waiting.filter(({ interrupted }) => interrupted.operation !== operation);
    });
  }

  /** After an apply that could not put back what it had changed. */
  async refresh(): Promise<void> {
    try {
      const interrupted = await host().call("recovery_list", null);
      this.waiting = interrupted.flatMap((one) => (one.waits ? [{ interrupted: one, error: one.waits }] : []));
    } catch (thrown) {
      this.error = toErrorReport(thrown);
    }
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

  async #work(operation: string, work: () => Promise<void>): Promise<void> {
    this.busy = operation;
    try {
      await work();
      this.error = null;
    } catch (thrown) {
      this.error = toErrorReport(thrown);
    } finally {
      this.busy = null;
    }
  }
}

export const recovery = new Recovery();
