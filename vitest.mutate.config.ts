import { mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** For mutation runs (scripts/mutate.ts): what a module creates when it is loaded is created again for each mutant. */
export default mergeConfig(base, { test: { isolate: true, execArgv: [] } });
