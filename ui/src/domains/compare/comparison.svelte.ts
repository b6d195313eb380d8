import type { CompareRequest, CompareTexts, PlanView } from "../../contract";
import { host } from "../../host/host";
import { Task } from "../../host/task.svelte";

/** What the engine found between two sides. */
export class Comparison {
  readonly found = new Task<PlanView>();
  readonly texts = new Task<CompareTexts>();

  /** Compares anew. What was found before goes at once: it is about something else. */
  async run(request: CompareRequest | null): Promise<void> {
    this.found.clear();
    this.texts.clear();
    if (request) await this.found.run(() => host().call("compare", request));
  }

  /** Both sides as text; only asked for when somebody wants to see them. */
  async readTexts(): Promise<void> {
    const view = this.found.value;
    if (view && !this.texts.value) await this.texts.run(() => host().call("compare_texts", { plan: view.plan }));
  }
}
