import { mount } from "svelte";
import App from "./App.svelte";
import { setHost } from "./host/host";
import { tauriHost } from "./host/tauri";
import "./styles/base.css";

// A build for page tests (`--mode recorded`) answers from a file. The comparison is made at build
// time, so that a build for people contains neither that host nor the gallery.
async function start(): Promise<void> {
  const target = document.getElementById("app");
  if (!target) throw new Error("index.html has no #app");
  if (import.meta.env.MODE === "recorded") {
    const { startRecorded } = await import("./gallery/start");
    await startRecorded(target);
    return;
  }
  setHost(tauriHost);
  target.replaceChildren();
  mount(App, { target });
}

void start();
