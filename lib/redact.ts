/** What stands in a text in place of a secret. */
export const HIDDEN = "[secret]";

/** Shorter values are not hidden: they would be found in every text. */
const SHORTEST = 4;
/** Values of fewer characters are hidden only where no letter or digit touches them. */
const DISTINCT = 8;

/** Secrets that stay, in every spelling in which a peer may send them back. */
const known = new Set<string>();
/** Secrets that are replaced again and again, such as access tokens: the newest of each place. */
const latest = new Map<string, readonly string[]>();
const KEPT = 4;
let pattern: RegExp | null = null;

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

/** A value as a header, an address, a form and a JSON document write it. */
function spellings(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const percent = encodeURIComponent(value.toWellFormed());
  return [value, json, percent, percent.replaceAll("%20", "+"), Buffer.from(value).toString("base64")];
}

/**
 * Values that must not appear in a message, a log or a row from here on, such as a password from the settings or a token from a peer.
 * Those of fewer than 4 characters are ignored. The values are kept for the life of the process.
 */
export function hideFromTexts(...values: readonly (string | undefined)[]): void {
  for (const value of values) {
    const text = value?.trim() ?? "";
    if (text.length < SHORTEST || known.has(text)) continue;
    for (const spelling of spellings(text)) known.add(spelling);
    pattern = null;
  }
}

/** As hideFromTexts, for a secret that a newer one replaces: the newest four of a place are hidden. */
export function hideLatest(place: string, value: string): void {
  const before = latest.get(place) ?? [];
  if (value.length < SHORTEST || before.includes(value)) return;
  latest.set(place, [value, ...before].slice(0, KEPT));
  pattern = null;
}

/** The text without the secrets of this process: each is replaced by `[secret]`, in whatever spelling it appears. */
export function redact(text: string): string {
  if (text.length < SHORTEST || (known.size === 0 && latest.size === 0)) return text;
  pattern ??= patternOf(new Set([...known, ...[...latest.values()].flat().flatMap(spellings)]));
  return text.replace(pattern, HIDDEN);
}

/** The longest first: a value that contains another one goes as a whole. */
function patternOf(values: ReadonlySet<string>): RegExp {
  const parts = [...values]
    .sort((a, b) => b.length - a.length)
    .map((value) =>
      value.length < DISTINCT ? `(?<![\\p{L}\\p{N}])${escaped(value)}(?![\\p{L}\\p{N}])` : escaped(value),
    );
  return new RegExp(parts.join("|"), "gu");
}

/**
 * A text of a peer, safe for a terminal, a log and a page: control characters and marks that turn the direction of writing become
 * spaces; tabs and line ends are kept.
 */
export function withoutControls(text: string): string {
  return text.replace(/(?![\t\n\r])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, " ");
}
