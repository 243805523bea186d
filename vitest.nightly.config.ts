import { mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** For `npm run nightly`: programs that attack a built server, kill commands, and let a server run for long. One after the other. */
/** Only what hangs ends by it: forty kills of a sync take an hour on a busy machine. */
const HANGS_MS = 6 * 3_600_000;
const config = mergeConfig(base, { test: { maxWorkers: 1, fileParallelism: false, testTimeout: HANGS_MS } });
config.test.include = ["scripts/attacks/**/*.attack.ts"];
export default config;
