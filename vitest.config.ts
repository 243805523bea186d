import { existsSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { defineConfig } from "vitest/config";

const IN_MEMORY = "/dev/shm";
const MOST_BYTES = 4e9;

/** Where tests keep their files: in memory where a machine has room there, for each commit to a disk is waited for. */
function folder(): Record<string, string> {
  if (process.env.TMPDIR || !existsSync(IN_MEMORY)) return {};
  const { bavail, bsize } = statfsSync(IN_MEMORY);
  return bavail * bsize < MOST_BYTES
    ? {}
    : { TMPDIR: IN_MEMORY, NODE_COMPILE_CACHE: path.join(tmpdir(), "node-compile-cache") };
}

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
    env: folder(),
    pool: "forks",
    // For the threads that tests start: they load TypeScript as the command line does.
    execArgv: ["--import", "./scripts/typescript.mjs"],
    maxWorkers: 2,
    // Modules are loaded, and PGlite is started, once for each worker and not once for each file.
    isolate: false,
  },
});
