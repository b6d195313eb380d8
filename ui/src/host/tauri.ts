import { Channel, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Progress } from "../contract";
import type { Host } from "./host";

/** The host inside the window: commands and events of the shell. */
export const tauriHost: Host = {
  async call(command, request, onProgress) {
    const progress = new Channel<Progress>(onProgress ?? (() => undefined));
    return invoke(command, { request, progress });
  },

  listen(event, listener) {
    let stopped = false;
    const registered = listen(event, ({ payload }) => {
      if (!stopped) listener(payload as Parameters<typeof listener>[0]);
    });
    return () => {
      stopped = true;
      void registered.then((unlisten) => unlisten());
    };
  },
};
