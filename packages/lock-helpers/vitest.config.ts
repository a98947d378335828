import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    // In a container every test would find the idle witness of the one before.
    env: { OPENCLAW_LOCKS_WITNESS: "never", OPENCLAW_LOCKS_TRUST_PIDS: "" },
  },
});
