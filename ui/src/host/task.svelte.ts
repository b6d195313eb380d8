import type { ErrorReport } from "../contract";
import { toErrorReport } from "./host";

/** Something that is asked of the engine: its answer, its error, and whether it is under way. Only the latest try counts. */
export class Task<Answer, Name extends string = string> {
  value = $state.raw<Answer | null>(null);
  error = $state.raw<ErrorReport | null>(null);
  busy = $state(false);
  /** Which of several things it is that is under way, where they share one state. */
  doing = $state<Name | null>(null);
  #latest = 0;

  /** Resolves with the answer, or with null when it failed or was overtaken. */
  async run(work: () => Promise<Answer>, name: Name | null = null): Promise<Answer | null> {
    const turn = (this.#latest += 1);
    this.busy = true;
    this.doing = name;
    this.error = null;
    try {
      const answer = await work();
      if (turn !== this.#latest) return null;
      this.value = answer;
      return answer;
    } catch (thrown) {
      if (turn === this.#latest) this.error = toErrorReport(thrown);
      return null;
    } finally {
      if (turn === this.#latest) this.#rest();
    }
  }

  clear(): void {
    this.#latest += 1;
    this.value = null;
    this.error = null;
    this.#rest();
  }

  #rest(): void {
    this.busy = false;
    this.doing = null;
  }
}
