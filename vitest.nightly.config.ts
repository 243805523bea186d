import { mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** For `npm run nightly`: programs that attack a built server, kill commands, and let a server run for long. One after the other. */
const config = mergeConfig(base, { test: { maxWorkers: 1, fileParallelism: false } });
config.test.include = ["scripts/attacks/**/*.attack.ts"];
export default config;
