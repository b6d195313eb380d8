import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { AgentProgressState, BatchAgentView, BatchEndView, BatchPlan, BatchPlanView, PlanView, Progress } from "../../contract";
import { host } from "../../host/host";
import { Task } from "../../host/task.svelte";
import { Ticks } from "../../plan/ticks.svelte";

/** A plan of the batch that a person opened, with what is ticked in it. */
interface OpenedPlan {
  view: PlanView;
  ticks: Ticks;
}

/** Several agents: planned, looked at, carried out. */
export class BatchRun {
  readonly planning = new Task<BatchPlanView>();
  readonly opening = new Task<PlanView>();
  readonly running = new Task<BatchEndView>();
  readonly progress = new SvelteMap<string, AgentProgressState>();
  readonly leftOut = new SvelteSet<string>();
  readonly plans = new SvelteMap<string, OpenedPlan>();
  /** The agent whose plan is open. */
  open = $state<string | null>(null);
  first = $state(false);
  typedName = $state("");
  reason = $state("");
  agreeDeletion = $state(false);
  stopping = $state(false);
  read = $state({ done: 0, all: 0 });

  constructor(private readonly plan: BatchPlan) {}

  get view(): BatchPlanView | null {
    return this.planning.value;
  }

  get end(): BatchEndView | null {
    return this.running.value;
  }

  /** The agents that would be changed, as ticked. */
  get chosen(): BatchAgentView[] {
    return (this.view?.agents ?? []).filter((agent) => !this.leftOut.has(agent.agent) && this.total(agent) > 0);
  }

  get changes(): number {
    return this.chosen.reduce((sum, agent) => sum + this.total(agent), 0);
  }

  get losses(): number {
    return this.chosen.reduce((sum, agent) => sum + this.lost(agent), 0);
  }

  get deletes(): boolean {
    return this.chosen.some((agent) => agent.deletes && this.lost(agent) > 0);
  }

  get done(): number {
    return [...this.progress.values()].filter((state) => state !== "begun").length;
  }

  /** How many changes of an agent are ticked: as its plan has it, until somebody says otherwise. */
  total(agent: BatchAgentView): number {
    return this.plans.get(agent.agent)?.ticks.total ?? agent.ticked;
  }

  lost(agent: BatchAgentView): number {
    const ticks = this.plans.get(agent.agent)?.ticks;
    return ticks ? ticks.count("loses_access") + ticks.count("delete_agent") : agent.ticked_losses;
  }

  async make(): Promise<void> {
    await this.planning.run(() =>
      host().call("batch_plan", this.plan, ({ done, items }) => {
        this.read = { done, all: items };
      }),
    );
  }

  async toggle(agent: string): Promise<void> {
    if (this.open === agent) {
      this.open = null;
      return;
    }
    this.open = agent;
    const batch = this.view?.batch;
    if (this.plans.has(agent) || batch === undefined) return;
    const view = await this.opening.run(() => host().call("batch_open", { batch, agent }));
    if (view) this.plans.set(agent, { view, ticks: new Ticks(view) });
  }

  async carryOut(): Promise<void> {
    const { view } = this;
    if (!view) return;
    this.progress.clear();
    this.stopping = false;
    const request = {
      batch: view.batch,
      ticks: [...this.plans].map(([agent, { ticks }]) => ({ agent, ticks: ticks.toRequest() })),
      left_out: [...this.leftOut],
      typed_name: view.target.protected ? this.typedName : null,
      agree_deletion: this.agreeDeletion,
      reason: this.reason.trim() || null,
      first: this.first ? (this.chosen[0]?.agent ?? null) : null,
      stop_after: 3,
    };
    await this.running.run(() => host().call("batch_apply", request, (progress) => this.#note(progress)));
  }

  async stop(putBack: boolean): Promise<void> {
    this.stopping = true;
    if (this.view) await host().call("batch_stop", { batch: this.view.batch, put_back: putBack });
  }

  #note({ agent }: Progress): void {
    if (agent) this.progress.set(agent.agent, agent.state);
  }
}
