import { existsSync } from "node:fs";
import module from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * `node --import ./scripts/typescript.mjs <file>.ts`: TypeScript as Node runs it itself, with types stripped, and what Node does
 * not do: `@/…` of tsconfig.json, imports without an ending, and drizzle-orm in its CommonJS build. That one's package.json names 447
 * exports, and Node parses that file again for every ES module of the package: 2 s and 300 MB for each process that starts.
 */
module.enableCompileCache();

const root = path.resolve(import.meta.dirname, "..");

/** The file that an import without an ending means; itself where no file matches. */
function whole(file) {
  if (/\.[cm]?[jt]sx?$|\.json$/.test(file)) return file;
  return [`${file}.ts`, path.join(file, "index.ts"), `${file}.tsx`].find((name) => existsSync(name)) ?? file;
}
const toUrl = (...parts) => pathToFileURL(whole(path.resolve(...parts))).href;
const isOurs = (url) => url?.startsWith("file:") && !url.includes("/node_modules/");

module.registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier.startsWith("@/")) return next(toUrl(root, specifier.slice(2)), context);
    if (/^\.\.?\//.test(specifier) && isOurs(context.parentURL))
      return next(toUrl(path.dirname(fileURLToPath(context.parentURL)), specifier), context);
    if (/^drizzle-orm(\/|$)/.test(specifier)) return next(specifier, { ...context, conditions: ["require", "node"] });
    return next(specifier, context);
  },
});
