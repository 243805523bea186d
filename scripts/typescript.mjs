import { registerHooks } from "node:module";
import "tsx";

/**
 * `node --import ./scripts/typescript.mjs <file>.ts`: tsx, with drizzle-orm in its CommonJS build. Its package.json names 447
 * exports, and Node parses that file again for every ES module of the package: 2 s and 300 MB for each process that starts.
 */
registerHooks({
  resolve: (specifier, context, next) =>
    /^drizzle-orm(\/|$)/.test(specifier)
      ? next(specifier, { ...context, conditions: ["require", "node"] })
      : next(specifier, context),
});
