import { untrack } from "svelte";
import type { ApplyAnswer, ApplyRequest, ErrorReport, Progress } from "../../contract";
import { announce } from "../../components/announce.svelte";
import { host } from "../../host/host";
import { Task } from "../../host/task.svelte";
import { frame } from "../../state/frame.svelte";
import { router, type ScreenName } from "../../state/router.svelte";
import { promoteText } from "../../text/en/promote";

/** A plan that is being carried out. It goes on whatever screen is shown; the frame shows it meanwhile. */
export class Apply {
  readonly #label: string;
  readonly #screen: ScreenName;
  #plan = "";
  stopping = $state(false);
  progress = $state.raw<Progress | null>(null);
  #carrying = new Task<ApplyAnswer>();
  #cancelling = new Task<null>();

  get running(): boolean {
    return this.#carrying.busy;
  }

  /** Why it could not begin, or could not be stopped. */
  get error(): ErrorReport | null {
    return this.#carrying.error ?? this.#cancelling.error;
  }

  constructor(label: string, screen: ScreenName) {
    this.#label = label;
    this.#screen = screen;
  }

  /** Resolves with null when nothing was carried out; `error` says why. */
  async start(request: ApplyRequest): Promise<ApplyAnswer | null> {
    this.#plan = request.plan;
    this.#cancelling.clear();
    this.progress = null;
    this.stopping = false;
    this.#show();
    const answer = await this.#carrying.run(() => host().call("plan_apply", request, (event) => this.#hear(event)));
    frame.running = untrack(() => frame.running).filter((operation) => operation.id !== this.#plan);
    return answer;
  }

  /** Stops it; what was done is put back. */
  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    announce(promoteText.apply.stopping);
    await this.#cancelling.run(() => host().call("plan_cancel", { plan: this.#plan }));
    if (this.#cancelling.error) this.stopping = false;
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
