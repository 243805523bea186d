/** An object with free keys at the top of a file: `const NAMES: Readonly<Record<string, …>> =`. */
const FREE_KEYS = /^(export )?const (\w+): (?:Readonly<)?Record<string,/gm;

interface File {
  readonly file: string;
  /** Without comments and the contents of texts. */
  readonly body: string;
}

/**
 * Computed lookups in objects with free keys, `NAMES[key]`: a key from an address, a file or a label finds `constructor` there. They go
 * through `own` (lib/order.ts), or the object is a Map.
 */
export function lookupProblems(files: readonly File[]): { rule: string; file: string; detail: string }[] {
  const named = files.flatMap(({ file, body }) =>
    [...body.matchAll(FREE_KEYS)].map(([, exported, name = ""]) => ({ file, name, exported: Boolean(exported) })),
  );
  return files.flatMap(({ file, body }) =>
    named
      .filter(({ name, exported, file: home }) => {
        const known = home === file || (exported && new RegExp(`import[^;]*\\b${name}\\b[^;]*from`).test(body));
        return known && new RegExp(`\\b${name}\\[(?!["'])`).test(body);
      })
      .map(({ name }) => ({ rule: "lookup", file, detail: `${name}[…]: use own(${name}, …), or a Map` })),
  );
}
