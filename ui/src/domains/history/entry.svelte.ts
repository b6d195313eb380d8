import { SvelteMap } from "svelte/reactivity";
import type { BackupNow, BackupView, EntryDetail, EntryKey, ErrorReport } from "../../contract";
import { host, toErrorReport } from "../../host/host";
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
  detail = $state.raw<EntryDetail | null>(null);
  error = $state.raw<ErrorReport | null>(null);
  now = $state.raw<BackupNow | null>(null);
  nowError = $state.raw<ErrorReport | null>(null);
  nowLoading = $state(false);
  /** Whether the key that was made for its agent can still be copied; null while that is not known. */
  key = $state.raw<EntryKey | null>(null);
  keyError = $state.raw<ErrorReport | null>(null);
  /** What went wrong with something that was pressed here. */
  troubled = $state.raw<ErrorReport | null>(null);
  busy = $state<"pin" | "save" | "export" | null>(null);
  #asked = 0;

  constructor(id: string) {
    this.id = id;
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

  /** Whether they are stored; otherwise `troubled` tells why not, and they stay as typed. */
  async saveWords(): Promise<boolean> {
    const { name, note } = this.words;
    const stored = await this.update({ name: name.trim(), note: note.trim() });
    if (stored) this.leaveEdit();
    return stored !== null;
  }

  async load(): Promise<void> {
    this.error = null;
    try {
      this.detail = await host().call("history_entry", { id: this.id });
    } catch (thrown) {
      this.error = toErrorReport(thrown);
      return;
    }
    const wholeBackup = this.backup !== null && !this.backup.damage;
    await Promise.all([wholeBackup && this.compareWithNow(), this.detail.made_key && this.findKey()]);
  }

  /** Looks for the key where keys are kept. */
  async findKey(): Promise<void> {
    this.keyError = null;
    try {
      this.key = await host().call("entry_key", { id: this.id });
    } catch (thrown) {
      this.keyError = toErrorReport(thrown);
    }
  }

  /** Reads the server: only its last answer counts. */
  async compareWithNow(): Promise<void> {
    const backup = this.backup;
    if (!backup) return;
    this.#asked += 1;
    const asked = this.#asked;
    this.nowLoading = true;
    this.nowError = null;
    try {
      const now = await host().call("backup_now", { id: backup.id });
      if (asked === this.#asked) this.now = now;
    } catch (thrown) {
      if (asked === this.#asked) this.nowError = toErrorReport(thrown);
    } finally {
      if (asked === this.#asked) this.nowLoading = false;
    }
  }

  /** Answers the backup as it is stored now; null when that failed, which `troubled` then tells. */
  async update(change: Partial<Pick<BackupView, "name" | "note" | "pinned">>): Promise<BackupView | null> {
    const before = this.backup;
    if (!before || !this.detail || this.busy) return null;
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
    if (!backup || this.busy) return null;
    return this.#run("export", async () => {
      const { file } = await host().call("file_destination", { purpose: "configuration", suggested });
      if (file === null) return null;
      const written = await host().call("backup_export", { id: backup.id, file: file.ticket });
      return written.message;
    });
  }

  #take(backup: BackupView): void {
    if (!this.detail) return;
    this.detail = { ...this.detail, backup, entry: amended(this.detail.entry, backup) };
  }

  async #run<Answer>(busy: "pin" | "save" | "export", act: () => Promise<Answer>): Promise<Answer | null> {
    this.busy = busy;
    this.troubled = null;
    try {
      return await act();
    } catch (thrown) {
      this.troubled = toErrorReport(thrown);
      return null;
    } finally {
      this.busy = null;
    }
  }
}
