import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { tsconfigPaths: true, alias: { "server-only": new URL("./scripts/empty.ts", import.meta.url).pathname } },
  test: {
    include: ["{app,lib,db,cli,simulator,scripts,components,bench}/**/*.test.{ts,tsx}"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
