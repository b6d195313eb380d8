import { mount } from "svelte";
import App from "../App.svelte";
import { setHost } from "../host/host";
import { loadScenario, RecordedHost } from "../host/recorded";
import { SyntheticHost } from "./synthetic";
import Gallery from "./Gallery.svelte";
import Scenarios from "./Scenarios.svelte";

/** Starts the page without the engine: `?scenario=name` over recorded answers, `?gallery` for the components alone, else their list. */
export async function startRecorded(target: HTMLElement): Promise<void> {
  target.replaceChildren();
  const wanted = new URLSearchParams(location.search);
  if (wanted.has("gallery")) {
    const theme = wanted.get("theme");
    if (theme) document.documentElement.dataset["theme"] = theme;
    mount(Gallery, { target });
    return;
  }
  const name = wanted.get("scenario");
  if (name === null) {
    const names = (await (await fetch("recorded/index.json")).json()) as string[];
    mount(Scenarios, { target, props: { names } });
    return;
  }
  setHost(name === "synthetic" ? new SyntheticHost(await loadScenario("promote")) : new RecordedHost(await loadScenario(name)));
  mount(App, { target });
}
