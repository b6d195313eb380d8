import { defineConfig } from "vitest/config";

/** Every screen in every state, as pictures. It takes minutes, so it is a task of its own: `cargo xtask screens`. */
export default defineConfig({
  test: {
    include: ["tests/screens/**/*.test.ts"],
    globalSetup: ["tests/server.ts"],
    testTimeout: 180_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
  },
});
