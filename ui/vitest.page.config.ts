import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/page/**/*.test.ts"],
    globalSetup: ["tests/server.ts"],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // One browser and two cores: more at once only makes every test slower.
    maxWorkers: 2,
  },
});
