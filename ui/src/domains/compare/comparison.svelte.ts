import type { CompareRequest, CompareTexts, ErrorReport, PlanView } from "../../contract";
import { host, toErrorReport } from "../../host/host";

/** What the engine found between two sides. */
export class Comparison {
  view = $state.raw<PlanView | null>(null);
  error = $state.raw<ErrorReport | null>(null);
  busy = $state(false);
  texts = $state.raw<CompareTexts | null>(null);
  textsError = $state.raw<ErrorReport | null>(null);
  #asked = 0;

  /** Compares anew. What was found before goes at once: it is about something else. */
  async run(request: CompareRequest | null): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    this.view = null;
    this.texts = null;
    this.textsError = null;
    this.error = null;
    this.busy = request !== null;
    if (!request) return;
    try {
      const view = await host().call("compare", request);
      if (asked === this.#asked) this.view = view;
    } catch (thrown) {
      if (asked === this.#asked) this.error = toErrorReport(thrown);
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }

  /** Both sides as text; only asked for when somebody wants to see them. */
  async readTexts(): Promise<void> {
    const view = this.view;
    if (!view || this.texts) return;
    this.textsError = null;
    try {
      const texts = await host().call("compare_texts", { plan: view.plan });
      if (view === this.view) this.texts = texts;
    } catch (thrown) {
      if (view === this.view) this.textsError = toErrorReport(thrown);
    }
  }
}
