import { readdir, readFile } from "node:fs/promises";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

export default defineConfig(({ mode }) => ({
  plugins: [svelte(), ...(mode === "recorded" ? [recordings()] : [])],
  base: "./",
  build: {
    outDir: mode === "recorded" ? "dist-recorded" : "dist",
    emptyOutDir: true,
    // The oldest web views that know `light-dark()`; an older one named here would have it compiled away.
    target: ["chrome123", "safari17.5"],
    // A data: URL would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // A file is a way through the web view and the shell and back. Left alone, the bundler makes one for every set of screens
        // that share something, fifty small ones: the first screen took longer to ask for them than to run them.
        codeSplitting: {
          groups: [
            { name: "start", tags: ["$initial"], priority: 2 },
            // What two screens share, without what the first one never shows: the wizard, and the comparison of texts.
            { name: "parts", minShareCount: 2, test: (module) => !/codemirror|domains[\\/]promote/.test(module), priority: 1 },
          ],
        },
      },
    },
  },
  // `cargo xtask dev`: the window is told this port.
  server: { port: 1420, strictPort: true },
  test: { include: ["src/**/*.test.ts"] },
}));

/** Serves what the engine answered once under /recorded/, as `tests/server.ts` does, and the list of it as /recorded/index.json. */
function recordings(): Plugin {
  const folder = new URL("tests/recorded/", import.meta.url);
  return {
    name: "recordings",
    configureServer(server) {
      server.middlewares.use("/recorded/", (request, response, next) => {
        const name = /^\/([\w-]+)\.json$/.exec(request.url ?? "")?.[1];
        if (!name) return next();
        const answer = name === "index" ? list(folder) : readFile(new URL(`${name}.json`, folder), "utf8");
        answer.then((text) => response.setHeader("content-type", "application/json").end(text), next);
      });
    },
  };
}

async function list(folder: URL): Promise<string> {
  return JSON.stringify((await readdir(folder)).map((file) => file.replace(/\.json$/, "")).sort());
}
