import type {
  AgentCheck, ApplyView, Draft, ErrorReport, FileCheck, LinkChoice, PlanMode, PlanView, RestoreChoice, RestoreSource, Ticks as TicksRequest,
} from "../../contract";
import { announce } from "../../components/announce.svelte";
import { host, toErrorReport } from "../../host/host";
import { keysAbout, keysOf } from "../../plan/rows.svelte";
import { Ticks } from "../../plan/ticks.svelte";
import { agents } from "../../state/agents.svelte";
import { forgetFile, knowFile, namedFile } from "../../state/files";
import { environments } from "../../state/start.svelte";
import { frame } from "../../state/frame.svelte";
import { router } from "../../state/router.svelte";
import { promoteText } from "../../text/en/promote";
import { Apply } from "./apply.svelte";
import { Task } from "../../host/task.svelte";

export type Kind = "promote" | "import" | "restore";
export type Step = "from" | "check" | "to" | "plan" | "apply" | "result";

/** The steps of each wizard, in order. What is restored was checked when its backup was taken. */
const stepsOf: Record<Kind, readonly Step[]> = {
  promote: ["from", "check", "to", "plan", "apply", "result"],
  import: ["from", "check", "to", "plan", "apply", "result"],
  restore: ["to", "plan", "apply", "result"],
};

/** The banner that says how an apply ended while another screen was shown. */
export function resultBanner({ operation }: ApplyView): string {
  return `result.${operation}`;
}

/** Everything that a person chose and typed on the way to an applied plan, and what the engine said to it. */
export class Wizard {
  readonly kind: Kind;
  step = $state<Step>("from");
  environment = $state("");
  agent = $state("");
  path = $state("");
  backup = $state("");
  /** The one resource that is to be restored; empty: everything. */
  only = $state("");
  to = $state("");
  mode = $state<PlanMode>("merge");
  reason = $state("");
  /** The protected environment's name, as typed. */
  typedName = $state("");
  agreeDeletion = $state(false);
  readonly check = new Task<AgentCheck | FileCheck>();
  readonly plan = new Task<PlanView>();
  ticks = $state.raw<Ticks | null>(null);
  /** What moved in the target while somebody looked at the plan. */
  moved = $state.raw<{ error: ErrorReport; moved: string[] } | null>(null);
  /** An environment that it named was removed meanwhile: said until another one is chosen. */
  lostSource = $state(false);
  lostTarget = $state(false);
  /** Why a backup cannot go back to where it was taken. Then somebody has to say where else. */
  homeless = $state.raw<ErrorReport | null>(null);
  apply = $state.raw<Apply | null>(null);
  result = $state.raw<ApplyView | null>(null);
  /** Told when something was applied. */
  onend: ((wizard: Wizard) => void) | null = null;
  /** Ticks from before, for the next plan. */
  #earlier: TicksRequest | null = null;
  #checked = "";
  #planned = "";

  constructor(kind: Kind) {
    this.kind = kind;
    this.step = kind === "restore" ? "to" : "from";
    this.mode = kind === "restore" ? "exact" : "merge";
  }

  /** A file that somebody sent is checked as in an import; a backup of the store is whole or is not offered. */
  get steps(): readonly Step[] {
    return this.#restoresFile ? ["check", ...stepsOf.restore] : stepsOf[this.kind];
  }

  get #restoresFile(): boolean {
    return this.kind === "restore" && this.backup === "" && this.path.trim() !== "";
  }

  get hasSource(): boolean {
    if (this.kind === "promote") return this.environment !== "" && this.agent !== "";
    return this.path.trim() !== "" || this.backup !== "";
  }

  /** The agent that it is about, as far as it is known. */
  get subject(): string {
    return this.plan.value?.agent_id ?? (this.kind === "promote" ? this.agent : (this.check.value?.configuration?.agent_id ?? ""));
  }

  /** What is compared for a plan, in words: where it comes from, and where it would go. */
  get ends(): [from: string, to: string] {
    const file = this.path.trim().split(/[\\/]/).at(-1);
    const from = environments.byId(this.environment)?.name ?? (this.backup ? promoteText.to.theBackup : (file ?? ""));
    return [from, environments.byId(this.to)?.name ?? promoteText.to.theTarget];
  }

  /** Why the way does not lead on from a step; null when it does. */
  blocked(step: Step): string | null {
    if (step === "from" && !this.hasSource) return promoteText.from.missing[this.kind];
    if (step === "check") return this.#blockedByCheck();
    if (step === "to" && this.to === "" && (!this.backup || this.homeless)) return promoteText.to.missing;
    if (step === "plan") return this.ticks && this.ticks.total > 0 ? null : this.#nothingTicked;
    return null;
  }

  /** Whether a person may go to a step now: everything before it must be complete, and nothing may run. */
  isReachable(step: Step): boolean {
    if (this.apply?.running || this.result || step === "result") return false;
    const before = this.steps.slice(0, this.steps.indexOf(step));
    return before.every((earlier) => this.blocked(earlier) === null);
  }

  /** Goes to a step, and asks for what it shows unless it is there. A check without findings is passed by: there is nothing to read. */
  async go(step: Step): Promise<void> {
    const onwards = this.steps.indexOf(step) > this.steps.indexOf(this.step);
    this.step = step;
    if (step === "check") await this.checkSource();
    if (step === "check" && onwards && !this.#restoresFile && this.step === "check" && this.#isFlawless) return this.go("to");
    if (step === "to" && this.to === "" && !this.lostTarget) this.to = this.#nextStage;
    if (step === "plan") await this.makePlan();
  }

  /** Goes as far as the source lets it, towards the next stage unless another one was named. */
  async begin(): Promise<void> {
    // What is in it, of whom and from when is worth a look before it goes anywhere.
    if (this.#restoresFile) return this.go("check");
    if (this.kind === "restore") return this.resume();
    if (!this.hasSource) return;
    if (this.to === "") this.to = this.#nextStage;
    await this.go("check");
    if (this.step === "to" && this.to !== "") await this.go("plan");
  }

  /** The stages that lie between where it comes from and where it goes. */
  get passedOver(): string[] {
    const { items } = environments;
    const [from, to] = [this.environment, this.to].map((wanted) => items.findIndex(({ id }) => id === wanted));
    return from !== undefined && to !== undefined && from >= 0 ? items.slice(from + 1, Math.max(to, from + 1)).map(({ name }) => name) : [];
  }

  /** Checks the source unless just this one has been checked. */
  async checkSource(again = false): Promise<void> {
    const source = this.kind === "promote" ? `${this.environment} ${this.agent}` : this.path.trim();
    if (!this.hasSource || (source === this.#checked && !again && !this.check.error)) return;
    if (this.check.busy) await this.#stopCheck(this.#checked);
    this.#checked = source;
    this.check.clear();
    const { environment, agent } = this;
    const report = await this.check.run(() =>
      this.kind === "promote"
        ? host().call("agent_check", { environment, agent })
        : this.#checkFile(this.path),
    );
    if (report) announce(promoteText.check.announced(report.errors, report.warnings));
  }

  /** Lets the file be, back where it was chosen. */
  async stopCheck(): Promise<void> {
    const path = this.#checked;
    this.#checked = "";
    this.check.clear();
    this.step = this.steps[0] ?? "from";
    announce(promoteText.check.stopped);
    await this.#stopCheck(path);
  }

  /** Makes the plan unless just this one stands. */
  async makePlan(again = false): Promise<void> {
    const wanted = this.#planKey();
    if (wanted === this.#planned && this.plan.value && !again) return;
    if (this.ticks && wanted === this.#planned) this.#earlier = this.ticks.toRequest();
    this.#planned = wanted;
    this.moved = null;
    this.#discardPlan();
    await this.plan.run(async () => this.#show(await this.#ask()));
    const { error } = this.plan;
    if (error?.code === "environment_not_found" && this.backup && this.to === "") this.#askWhereTo(error);
  }

  /** Says what to do about the database. The new plan keeps what was ticked. */
  async link(choice: LinkChoice): Promise<void> {
    const { value: view } = this.plan;
    if (!view) return;
    this.#earlier = this.ticks?.toRequest() ?? null;
    const linked = await host().call("plan_link", { plan: view.plan, link: choice });
    this.plan.value = await this.#show(linked);
  }

  async carryOut(): Promise<void> {
    const { value: view } = this.plan;
    if (!view?.target || !this.ticks || this.apply?.running) return;
    const target = view.target.protected ? this.typedName : null;
    this.apply = new Apply(promoteText.apply.running(this.kind, view.agent_id, view.target.name), this.kind);
    const answer = await this.apply.start({
      plan: view.plan,
      ticks: this.ticks.toRequest(),
      typed_name: target,
      agree_deletion: this.agreeDeletion,
      reason: this.reason.trim() || null,
    });
    if (answer?.kind === "moved") await this.#take(answer);
    else if (answer) this.#end(answer.result);
  }

  /** After an apply that did not come through: the next plan is made from how things stand now. */
  reopen(): void {
    this.result = null;
    this.apply = null;
    this.#earlier = this.ticks?.toRequest() ?? null;
    this.#planned = "";
  }

  toDraft(): Draft | null {
    if (!this.#isBegun || this.result) return null;
    const step = this.step === "apply" || this.step === "result" ? "plan" : this.step;
    const ticks = this.ticks?.toRequest() ?? this.#earlier ?? { groups: {}, except: [] };
    return { source: this.#source(), to: this.to || null, mode: this.mode, step, ticks, reason: this.reason };
  }

  /** Takes over what was left half-filled; `resume` goes on from there. */
  fromDraft(draft: Draft): void {
    const { source } = draft;
    if (source.kind === "environment") {
      this.environment = source.environment ?? "";
      this.agent = source.agent ?? "";
    } else if (source.kind === "file") this.path = source.path;
    else this.restoreFrom(source.from);
    this.to = draft.to ?? "";
    this.mode = draft.mode;
    this.reason = draft.reason;
    this.#earlier = draft.ticks;
    this.step = this.steps.includes(draft.step) ? draft.step : (this.steps[0] ?? "from");
  }

  restoreFrom(source: RestoreSource): void {
    if (source.kind === "backup") this.backup = source.id;
    else this.path = source.path;
  }

  /** Lets go of environments that are there no more. Everything else stays as it was filled in. */
  dropGone(): void {
    if (this.apply?.running || this.result) return;
    if (environments.isGone(this.to)) {
      this.to = "";
      this.lostTarget = true;
      this.#standAtMost("to");
    }
    if (environments.isGone(this.environment)) {
      this.environment = "";
      this.lostSource = true;
      this.#standAtMost("from");
    }
  }

  #standAtMost(step: Step): void {
    if (this.steps.indexOf(this.step) > this.steps.indexOf(step)) this.step = step;
  }

  #askWhereTo(error: ErrorReport): void {
    this.homeless = error;
    this.#planned = "";
    this.plan.clear();
    this.step = "to";
    announce(error.message, "assertive");
  }

  /** Asks again for everything up to the step that it stands at; an error on the way stops it there. */
  async resume(): Promise<void> {
    const wanted = this.step;
    if (wanted === "from" && this.kind === "promote") return;
    if (this.steps.includes("check")) await this.checkSource();
    const stopped = this.steps.find((step) => step !== "plan" && step !== wanted && this.blocked(step) !== null);
    const before = stopped && this.steps.indexOf(stopped) < this.steps.indexOf(wanted);
    await this.go(before ? stopped : wanted);
  }

  /** The answer of a check that was stopped goes nowhere: what is of use is that the file is read no further. */
  async #stopCheck(path: string): Promise<void> {
    if (this.kind === "promote") return;
    try {
      await host().call("file_check_stop", { file: namedFile(path) });
    } catch (thrown) {
      this.check.error = toErrorReport(thrown);
    }
  }

  get #nothingTicked(): string {
    const deletes = this.plan.value?.groups.some(({ group }) => group === "delete_agent");
    return deletes ? promoteText.plan.deletionUnticked : promoteText.plan.nothingTicked;
  }

  get #isFlawless(): boolean {
    const report = this.check.error ? null : this.check.value;
    return report !== null && report.errors === 0 && report.warnings === 0;
  }

  get #nextStage(): string {
    const at = environments.items.findIndex(({ id }) => id === this.environment);
    return (at >= 0 && environments.items[at + 1]?.id) || "";
  }

  get #isBegun(): boolean {
    return this.environment !== "" || this.agent !== "" || this.path.trim() !== "" || this.backup !== "";
  }

  #blockedByCheck(): string | null {
    const report = this.check.value;
    if (this.kind === "import" && report && "is_backup" in report && report.is_backup) return promoteText.check.isBackup;
    if (report) return report.errors > 0 ? promoteText.check.blocked(report.errors) : null;
    return this.check.error ? promoteText.check.failed : promoteText.check.underWay;
  }

  #source(): Draft["source"] {
    if (this.kind === "promote") return { kind: "environment", environment: this.environment || null, agent: this.agent || null };
    return this.kind === "import" ? { kind: "file", path: this.path } : { kind: "restore", from: this.#restoreSource() };
  }

  /** Once it is checked, a file that was typed has a ticket as well. */
  async #checkFile(path: string): Promise<FileCheck> {
    try {
      const report = await host().call("file_check", { file: namedFile(path) });
      knowFile(path, report.ticket);
      return report;
    } catch (thrown) {
      forgetFile(path);
      throw thrown;
    }
  }

  #restoreChoice(): RestoreChoice {
    return this.backup ? { kind: "backup", id: this.backup } : { kind: "file", file: namedFile(this.path) };
  }

  #restoreSource(): RestoreSource {
    return this.backup ? { kind: "backup", id: this.backup } : { kind: "file", path: this.path.trim() };
  }

  #planKey(): string {
    return JSON.stringify([this.#source(), this.to, this.mode]);
  }

  #ask(): Promise<PlanView> {
    const { environment, agent, to, mode } = this;
    if (this.kind === "promote") return host().call("plan_promote", { from: environment, agent, to, mode });
    if (this.kind === "import") return host().call("plan_import", { file: namedFile(this.path), to, mode });
    return host().call("plan_restore", { from: this.#restoreChoice(), to: to || null, mode });
  }

  /** Takes over a new plan, with what was ticked in the one before. */
  async #show(view: PlanView): Promise<PlanView> {
    const ticks = new Ticks(view);
    if (this.#earlier) await ticks.take(this.#earlier, (group) => keysOf(view.plan, group));
    else if (this.only !== "") await ticks.only((group) => keysAbout(view.plan, group, this.only));
    this.#earlier = null;
    this.ticks = ticks;
    this.agreeDeletion = false;
    this.typedName = "";
    if (this.to === "" && view.target?.environment) {
      this.to = view.target.environment;
      this.#planned = this.#planKey();
    }
    return view;
  }

  /** The target moved: nothing was written, and there is a new plan. */
  async #take({ error, moved, now }: { error: ErrorReport; moved: string[]; now: PlanView }): Promise<void> {
    this.#earlier = this.ticks?.toRequest() ?? null;
    const { typedName } = this;
    this.plan.value = await this.#show(now);
    this.typedName = typedName;
    this.moved = { error, moved };
    this.step = "plan";
    announce(error.message, "assertive");
  }

  #end(result: ApplyView): void {
    this.result = result;
    this.step = "result";
    this.#forgetAgents(result);
    this.onend?.(this);
    announce(result.sentence, result.outcome === "done" ? "polite" : "assertive");
    if (router.screen === this.kind) return;
    const tone = { done: "success", put_back: "warning", needs_attention: "danger" } as const;
    frame.banner({
      id: resultBanner(result),
      tone: tone[result.outcome],
      text: result.sentence,
      actions: [{ label: promoteText.result.show, run: () => { frame.dismissBanner(resultBanner(result)); router.go(this.kind); } }],
      dismissible: true,
    });
  }

  /** The agent came or went: the list of those in the target is asked for anew when it is next shown. */
  #forgetAgents(result: ApplyView): void {
    const target = this.plan.value?.target?.environment;
    if (target && (result.agent_key || this.agreeDeletion)) agents.forget(target);
  }

  #discardPlan(): void {
    const { value: view } = this.plan;
    this.plan.clear();
    this.ticks = null;
    // The engine lets old plans go by itself: that it could not be told of one is no news for anybody.
    if (view) host().call("plan_discard", { plan: view.plan }).catch(() => undefined);
  }
}
