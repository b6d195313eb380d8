import { mergeConfig } from "vitest/config";
import page from "./vitest.page.config.ts";

/** Every screen in every state, as pictures. It takes minutes, so it is a task of its own: `cargo xtask pictures`. */
export default mergeConfig({ ...page, test: { ...page.test, include: [] } }, { test: { include: ["tests/screens/**/*.test.ts"] } });
