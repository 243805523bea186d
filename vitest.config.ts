import { defineConfig } from "vitest/config";

const here = (file: string) => new URL(file, import.meta.url).pathname;

export default defineConfig({
  resolve: {
    tsconfigPaths: true,
    alias: [
      { find: "server-only", replacement: here("scripts/empty.ts") },
      // Its CommonJS build loads in a tenth of the time: scripts/typescript.mjs says why.
      { find: /^drizzle-orm$/, replacement: here("node_modules/drizzle-orm/index.cjs") },
      { find: /^drizzle-orm\/([a-z-]+)$/, replacement: here("node_modules/drizzle-orm/$1/index.cjs") },
    ],
  },
  test: {
    include: ["{app,lib,db,cli,simulator,scripts,components,bench}/**/*.test.{ts,tsx}"],
    // Only what hangs ends by it: no test may fail because a machine is busy.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    pool: "forks",
    // For the threads that tests start: they load TypeScript as the command line does.
    execArgv: ["--import", "./scripts/typescript.mjs"],
    maxWorkers: 2,
    // Modules are loaded, and PGlite is started, once for each worker and not once for each file.
    isolate: false,
  },
});
