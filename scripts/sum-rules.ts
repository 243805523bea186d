import { SUM_PERMITS } from "./layers.ts";

interface File {
  readonly file: string;
  /** Without comments and the contents of texts. */
  readonly body: string;
}

/** A name of ours; columns in SQL, `usage_micros`, are added in 64 bits. */
const MICROS = /\b[a-zA-Z]*[mM]icros\b/.source;
const VALUE = /[\w.?![\]()]*/.source;

/** What adds up any number of amounts, or three and more, as plain numbers. */
const SUMS: readonly RegExp[] = [
  // total += row.amountMicros, to.amountMicros += micros
  new RegExp(`${MICROS}\\s*[+-]=[^\\n]*`, "g"),
  new RegExp(`\\b[\\w.]+ [+-]= [^;\\n]*?${MICROS}[^;\\n]*`, "g"),
  // rows.reduce((sum, r) => sum + r.amountMicros, 0)
  new RegExp(
    `\\.reduce(?:<[^>]*>)?\\((?:[^()]|\\((?:[^()]|\\([^()]*\\))*\\))*?=>[^;]*? [+-] [^;]*?${MICROS}[^;]*`,
    "g",
  ),
  // sums.set(key, (sums.get(key) ?? 0) + micros)
  new RegExp(`\\?\\? 0\\) \\+ ${VALUE}${MICROS}`, "g"),
  // { amountMicros: sum.amountMicros + row.amountMicros }
  new RegExp(`(${MICROS}): [^,\\n]*\\b\\1[^,\\n]* [+-] [^,\\n]*\\b\\1`, "g"),
  // a.usageMicros + a.shareMicros + a.costMicros
  new RegExp(`${VALUE}${MICROS}[)]* [+-] ${VALUE}${MICROS}[)]* [+-] ${VALUE}${MICROS}`, "g"),
];

/** Sums that cannot lose a digit: BigInts, and those that the helpers make. */
const IS_EXACT = /BigInt\(|\b0n\b|sumExactly\(|sumMicros\(|changeMicros\(/;

/**
 * Sums of money as plain numbers. Two amounts that are exact have a sum that is exact or beyond the safe integers, which everything that
 * stores or prints an amount refuses; a sum of more may go beyond them, lose digits, and come back. They are made by `sumExactly` or
 * `sumMicros` (lib/money.ts), or are BigInts.
 */
export function sumProblems(files: readonly File[]): { rule: string; file: string; detail: string }[] {
  return files.flatMap(({ file, body }) => {
    if (file === "lib/money.ts") return [];
    const isPermitted = (text: string) => SUM_PERMITS.some((p) => p.file === file && text.includes(p.text));
    const found = SUMS.flatMap((pattern) => body.match(pattern) ?? []).filter(
      (text) => !IS_EXACT.test(text) && !isPermitted(text),
    );
    return found.map((text) => ({
      rule: "sum of money",
      file,
      detail: `${text.replace(/\s+/g, " ").slice(0, 90)}: use sumExactly or sumMicros of lib/money.ts`,
    }));
  });
}
