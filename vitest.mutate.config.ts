import { mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** For mutation runs (scripts/mutate.ts): what a module makes when it is loaded is made anew for each mutant. */
export default mergeConfig(base, { test: { isolate: true, execArgv: [] } });
