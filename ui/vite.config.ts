import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  base: "./",
  build: {
    outDir: mode === "recorded" ? "dist-recorded" : "dist",
    emptyOutDir: true,
    // The oldest web views that know `light-dark()`; an older one named here would have it compiled away.
    target: ["chrome123", "safari17.5"],
    // A data: URL would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { port: 1420, strictPort: true },
  test: { include: ["src/**/*.test.ts"] },
}));
