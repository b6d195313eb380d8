import type { Settings, Theme } from "../contract";
import { host } from "../host/host";

/** The person's settings, as they are stored. */
class StoredSettings {
  value = $state.raw<Settings>({ theme: "system", parallel_requests: 8, zoom: 100 });

  get theme(): Theme {
    return this.value.theme;
  }

  /** Stores some of them. They hold at once; when they cannot be stored, the old ones hold again and it rejects. */
  async save(changed: Partial<Settings>): Promise<void> {
    const before = this.value;
    this.value = { ...before, ...changed };
    try {
      this.value = await host().call("settings_save", { settings: this.value });
    } catch (thrown) {
      this.value = before;
      throw thrown;
    }
  }
}

export const settings = new StoredSettings();
