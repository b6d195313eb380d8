import { SvelteMap } from "svelte/reactivity";
import type { BackupNow, BackupView, EntryDetail, EntryKey } from "../../contract";
import { host } from "../../host/host";
import { Task } from "../../host/task.svelte";
import { frame } from "../../state/frame.svelte";
import { amended } from "./entries.svelte";

/** What a person writes on a backup. */
interface Words {
  name: string;
  note: string;
}

/** Words that were typed and not stored yet, by backup: opening another entry loses none. */
const unsaved = new SvelteMap<string, Words>();

/** An opened entry: what it was, and what is different from its backup now. */
export class OpenEntry {
  readonly id: string;
  /** The entry itself. */
  readonly opening = new Task<EntryDetail>();
  /** What is different from its backup now, read from the server. */
  readonly comparing = new Task<BackupNow>();
  /** Whether the key that was made for its agent can still be copied. */
  readonly finding = new Task<EntryKey>();
  /** What was pressed here last. */
  readonly acting = new Task<unknown, "pin" | "save" | "export">();

  constructor(id: string) {
    this.id = id;
  }

  get detail(): EntryDetail | null {
    return this.opening.value;
  }

  get backup(): BackupView | null {
    return this.detail?.backup ?? null;
  }

  get isEditing(): boolean {
    return this.backup !== null && unsaved.has(this.backup.id);
  }

  /** What is typed while editing. */
  get words(): Words {
    return (this.backup && unsaved.get(this.backup.id)) ?? { name: "", note: "" };
  }

  edit(): void {
    if (!this.backup) return;
    const words = $state({ name: this.backup.name ?? "", note: this.backup.note ?? "" });
    unsaved.set(this.backup.id, words);
  }

  leaveEdit(): void {
    if (!this.backup) return;
    unsaved.delete(this.backup.id);
    frame.unsaved.delete(this.backup.id);
  }

  /** Whether they are stored; otherwise `acting` tells why not, and they stay as typed. */
  async saveWords(): Promise<boolean> {
    const { name, note } = this.words;
    const stored = await this.update({ name: name.trim(), note: note.trim() });
    if (stored) this.leaveEdit();
    return stored !== null;
  }

  async load(): Promise<void> {
    const detail = await this.opening.run(() => host().call("history_entry", { id: this.id }));
    if (!detail) return;
    const wholeBackup = detail.backup !== null && !detail.backup.damage;
    await Promise.all([wholeBackup && this.compareWithNow(), detail.made_key && this.findKey()]);
  }

  /** Looks for the key where keys are kept. */
  async findKey(): Promise<void> {
    await this.finding.run(() => host().call("entry_key", { id: this.id }));
  }

  /** Reads the server: only its last answer counts. */
  async compareWithNow(): Promise<void> {
    const backup = this.backup;
    if (backup) await this.comparing.run(() => host().call("backup_now", { id: backup.id }));
  }

  /** Answers the backup as it is stored now; null when that failed, which `acting` then tells. */
  async update(change: Partial<Pick<BackupView, "name" | "note" | "pinned">>): Promise<BackupView | null> {
    const before = this.backup;
    if (!before || !this.detail || this.acting.busy) return null;
    const wanted = { ...before, ...change };
    return this.#run("pinned" in change ? "pin" : "save", async () => {
      const { id, name, note, pinned } = wanted;
      const backup = await host().call("backup_update", { id, name: name ?? "", note: note ?? "", pinned });
      this.#take(backup);
      return backup;
    });
  }

  /** Answers where the file was written; null when nothing was. */
  async exportTo(suggested: string): Promise<string | null> {
    const backup = this.backup;
    if (!backup || this.acting.busy) return null;
    return this.#run("export", async () => {
      const { file } = await host().call("file_destination", { purpose: "configuration", suggested });
      if (file === null) return null;
      const written = await host().call("backup_export", { id: backup.id, file: file.ticket });
      return written.message;
    });
  }

  #take(backup: BackupView): void {
    if (!this.detail) return;
    this.opening.value = { ...this.detail, backup, entry: amended(this.detail.entry, backup) };
  }

  async #run<Answer>(name: "pin" | "save" | "export", act: () => Promise<Answer>): Promise<Answer | null> {
    return (await this.acting.run(act, name)) as Answer | null;
  }
}
