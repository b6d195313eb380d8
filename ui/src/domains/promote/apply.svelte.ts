import { untrack } from "svelte";
import type { ApplyAnswer, ApplyRequest, ErrorReport, Progress } from "../../contract";
import { announce } from "../../components/announce.svelte";
import { host, toErrorReport } from "../../host/host";
import { frame } from "../../state/frame.svelte";
import { router, type ScreenName } from "../../state/router.svelte";
import { promoteText } from "../../text/en/promote";

/** A plan that is being carried out. It goes on whatever screen is shown; the frame shows it meanwhile. */
export class Apply {
  readonly #label: string;
  readonly #screen: ScreenName;
  #plan = "";
  running = $state(false);
  stopping = $state(false);
  progress = $state.raw<Progress | null>(null);
  /** Why it could not begin, or could not be stopped. */
  error = $state.raw<ErrorReport | null>(null);

  constructor(label: string, screen: ScreenName) {
    this.#label = label;
    this.#screen = screen;
  }

  /** Resolves with null when nothing was carried out; `error` says why. */
  async start(request: ApplyRequest): Promise<ApplyAnswer | null> {
    this.#plan = request.plan;
    this.error = null;
    this.progress = null;
    this.stopping = false;
    this.running = true;
    this.#show();
    try {
      return await host().call("plan_apply", request, (event) => this.#hear(event));
    } catch (thrown) {
      this.error = toErrorReport(thrown);
      return null;
    } finally {
      this.running = false;
      frame.running = untrack(() => frame.running).filter((operation) => operation.id !== this.#plan);
    }
  }

  /** Stops it; what was done is put back. */
  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    announce(promoteText.apply.stopping);
    try {
      await host().call("plan_cancel", { plan: this.#plan });
    } catch (thrown) {
      this.stopping = false;
      this.error = toErrorReport(thrown);
    }
  }

  #hear(event: Progress): void {
    // A stage is worth hearing of; every item of it is not.
    if (event.stage !== this.progress?.stage) announce(promoteText.apply.stages[event.stage]);
    else if (event.retry && !this.progress.retry) announce(promoteText.apply.retrying(event.retry));
    this.progress = event;
    this.#show();
  }

  #show(): void {
    const counted = this.progress && this.progress.items > 0 ? this.progress : null;
    const operation = {
      id: this.#plan,
      label: this.#label,
      value: counted ? counted.done : null,
      max: counted?.items ?? 100,
      screen: this.#screen,
      open: () => router.go(this.#screen),
    };
    const others = untrack(() => frame.running).filter(({ id }) => id !== this.#plan);
    frame.running = [...others, operation];
  }
}
