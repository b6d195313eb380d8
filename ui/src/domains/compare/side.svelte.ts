import type { BackupView, ErrorReport, FileCheck, SideChoice } from "../../contract";
import { host } from "../../host/host";
import { Task } from "../../host/task.svelte";
import { agents } from "../../state/agents.svelte";
import { forgetFile, knowFile, namedFile, takeFile } from "../../state/files";
import type { ComparedSide } from "../../state/router.svelte";
import { environments } from "../../state/start.svelte";

export type SideKind = SideChoice["kind"];

/** One side of the comparison, as far as it is chosen. What was chosen for one kind stays while another one is looked at. */
export class Side {
  kind = $state<SideKind>("live");
  environment = $state("");
  agent = $state("");
  /** As it is typed. */
  path = $state("");
  /** The file that was looked at last, and what it holds. */
  file = $state.raw<FileCheck | null>(null);
  backup = $state.raw<BackupView | null>(null);
  #asking = new Task<() => void>();
  /** What was asked last was about this kind of side. */
  #askedFor = $state<SideKind | null>(null);
  #backupId = $state<string | undefined>(undefined);

  constructor(params: ComparedSide | undefined) {
    if (!params) return;
    this.kind = params.kind;
    if (params.kind === "live") {
      this.environment = params.environment ?? "";
      this.agent = params.agent ?? "";
    } else if (params.kind === "file") this.path = params.path;
    else this.#backupId = params.id;
  }

  /** Fetches what the choices that it was opened with stand for. */
  async load(): Promise<void> {
    if (this.kind === "live" && this.environment !== "") await environments.agentsOf(this.environment);
    if (this.kind === "file" && this.path !== "") await this.checkFile();
    if (this.kind === "backup" && this.#backupId !== undefined) await this.chooseBackup(this.#backupId);
  }

  get busy(): boolean {
    return this.#asking.busy;
  }

  /** What is wrong with this side alone. */
  get error(): ErrorReport | null {
    if (this.#asking.error && this.#askedFor === this.kind) return this.#asking.error;
    if (this.kind === "live" && this.environment !== "") return agents.error(this.environment) ?? null;
    return this.kind === "backup" ? (this.backup?.damage ?? null) : null;
  }

  /** What the engine is asked to compare; null until the side is chosen and can be used. */
  get choice(): SideChoice | null {
    const { kind, environment, agent, file, backup } = this;
    if (kind === "live") return environment !== "" && agent !== "" ? { kind, environment, agent } : null;
    if (kind === "file") return file?.configuration && file.path === this.path.trim() ? { kind, file: namedFile(file.path) } : null;
    return backup && !backup.damage ? { kind, id: backup.id } : null;
  }

  /** The agent that it is about. */
  get agentId(): string | undefined {
    if (this.kind === "live") return this.agent || undefined;
    return this.kind === "file" ? this.file?.configuration?.agent_id : this.backup?.agent;
  }

  /** Where this side is, so that Back leads there. */
  get params(): ComparedSide {
    const { kind, environment, agent, path } = this;
    if (kind === "live") return { kind, environment, agent };
    return kind === "file" ? { kind, path } : { kind, id: this.#backupId };
  }

  /** The same agent as on the other side is what a person compares most often. */
  async chooseEnvironment(environment: string, likely: string | undefined): Promise<void> {
    const wanted = this.agent || likely;
    this.environment = environment;
    this.agent = "";
    await environments.agentsOf(environment);
    const there = agents.of(environment)?.agents ?? [];
    const undecided = this.environment === environment && this.agent === "";
    if (undecided && wanted !== undefined && there.includes(wanted)) this.agent = wanted;
  }

  /** Looks at a file that was typed, picked or dropped. */
  async checkFile(path = this.path): Promise<void> {
    this.kind = "file";
    this.path = path.trim();
    this.file = null;
    if (this.path === "") return;
    const wanted = this.path;
    await this.#ask("file", async () => {
      const file = await host().call("file_check", { file: namedFile(wanted) });
      knowFile(wanted, file.ticket);
      return () => (this.file = { ...file, path: wanted });
    });
  }

  async pickFile(): Promise<void> {
    let picked: string | null = null;
    await this.#ask("file", async () => {
      const { file } = await host().call("file_pick", { purpose: "configuration" });
      picked = file && takeFile(file);
      return () => undefined;
    });
    if (picked !== null) await this.checkFile(picked);
  }

  async chooseBackup(id: string): Promise<void> {
    this.#backupId = id;
    await this.#ask("backup", async () => {
      const { backup } = await host().call("history_entry", { id });
      return () => (this.backup = backup);
    });
  }

  forgetBackup(): void {
    this.#backupId = undefined;
    this.backup = null;
    this.#asking.error = null;
  }

  /** Tries again what failed on this side. */
  async again(): Promise<void> {
    this.#asking.error = null;
    forgetFile(this.path);
    await this.load();
  }

  /** Only the answer to the last question counts. */
  async #ask(kind: SideKind, question: () => Promise<() => void>): Promise<void> {
    this.#askedFor = kind;
    const take = await this.#asking.run(question);
    take?.();
  }
}
