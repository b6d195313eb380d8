import type { Draft, DraftSource } from "../contract";
import { host } from "../host/host";

/** The half-filled wizard. It is kept on disk, so that a restart loses nothing. */
class StoredDraft {
  value = $state.raw<Draft | null>(null);
  /** Whether it was left so before this start, and nobody has taken it up yet. */
  isFromBefore = $state(false);

  /** Takes over what the last run of the window left. */
  found(draft: Draft | null): void {
    this.value = draft;
    this.isFromBefore = draft !== null;
  }

  /** Keeps it, here and on disk. */
  async save(draft: Draft): Promise<void> {
    this.value = draft;
    this.isFromBefore = false;
    await host().call("draft_save", { draft });
  }

  /** What a person threw away, and whose wizard may still stand in memory. */
  readonly discarded = new Set<DraftSource["kind"]>();

  /** The person does not want it any more. */
  async discard(): Promise<void> {
    if (this.value) this.discarded.add(this.value.source.kind);
    await this.forget();
  }

  /** It is done with. */
  async forget(): Promise<void> {
    this.value = null;
    await host().call("draft_save", { draft: null });
  }
}

export const draft = new StoredDraft();
