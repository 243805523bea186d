/**
 * Tags of a row of FOCUS, by key in small letters without the prefix that a cloud puts in front; null: the text is in none of the
 * forms in which they are published. A tag without a value is not there.
 *
 * Forms: a JSON object, also within a JSON text; the same without braces, as Azure exports it; a list of objects with key and value,
 * of pairs, as BigQuery and Parquet readers write it, or of `key:value`, as Datadog does; the same as Python writes it; `key=value` or
 * `key: value`, also with values in quotes, parted by commas, semicolons, bars or ampersands, with or without braces, as Athena writes
 * maps; `{key=…, value=…}`, as it writes lists of them.
 */
export function readTags(text: string): ReadonlyMap<string, string> | null {
  const trimmed = text.trim();
  if (trimmed === "" || /^(?:null|none|n\/a|\{\}|\[\])$/i.test(trimmed)) return new Map();
  const body = [trimmed, `{${trimmed}}`, `[${trimmed}]`];
  for (const form of [...body, ...body.map(unquotePython)]) {
    const read = readJson(form);
    if (typeof read === "string" && read.length < text.length) return readTags(read);
    const pairs = pairsOf(read);
    if (pairs) return mapOf(pairs);
  }
  const pairs = readStructs(trimmed) ?? readPlain(trimmed);
  return pairs && mapOf(pairs);
}

type Pair = readonly [string, unknown];

/** Null where all that there is has values in a form that nobody publishes. */
function mapOf(pairs: readonly Pair[]): Map<string, string> | null {
  const out = new Map<string, string>();
  let isAnyOdd = false;
  for (const [key, given] of pairs) {
    const value = Array.isArray(given) && given.length === 1 ? (given[0] as unknown) : given;
    const name = plainKey(key);
    if (typeof value === "object" && value !== null && Object.keys(value).length > 0) isAnyOdd = true;
    // The first of a key stands.
    if (isValue(value) && String(value) !== "" && !out.has(name)) out.set(name, String(value));
  }
  return out.size === 0 && isAnyOdd ? null : out;
}

const isValue = (value: unknown): value is string | number | boolean =>
  ["string", "number", "boolean"].includes(typeof value);

const PREFIX = /^(?:resource_?tags[_/:.]|aws:|user[:_/]|tags?[:_/.]|labels?[:_/.]|k8s-label[:_/])/;

/** A key as people gave it: `user:Team`, `user_team` and `resourceTags/user:team` are `team`. */
function plainKey(key: string): string {
  let plain = key.trim().toLowerCase();
  for (let next = plain.replace(PREFIX, ""); next !== plain && next !== ""; next = plain.replace(PREFIX, ""))
    plain = next;
  return plain;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The pairs of an object, or of a list of `{key, value}` or `[key, value]`; null for anything else. */
function pairsOf(read: unknown): Pair[] | null {
  if (typeof read !== "object" || read === null) return null;
  if (!Array.isArray(read)) return isKeyValue(read) ? pairsOf([read]) : Object.entries(read);
  const pairs = read.map(pairOf);
  return pairs.every((pair) => pair !== null) ? pairs : null;
}

/** One tag that stands without its list. */
const isKeyValue = (read: object): boolean =>
  Object.keys(read)
    .map((name) => name.toLowerCase())
    .sort()
    .join() === "key,value";

function pairOf(item: unknown): Pair | null {
  if (typeof item === "string") return plainPair(item);
  if (Array.isArray(item)) return item.length === 2 && typeof item[0] === "string" ? [item[0], item[1]] : null;
  if (typeof item !== "object" || item === null) return null;
  const fields = new Map(Object.entries(item).map(([name, value]) => [name.toLowerCase(), value as unknown]));
  const key = fields.get("key") ?? fields.get("name");
  if (typeof key === "string") return [key, fields.get("value")];
  const [only] = Object.entries(item);
  return only && fields.size === 1 ? only : null;
}

/** Python's texts and tuples as JSON: `{'team': 'Alpha'}`, `{u'team': "O'Neil"}`, `[('team', None)]`. */
function unquotePython(text: string): string {
  return text
    .replaceAll(
      /\bu?'((?:[^'\\]|\\.)*)'|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g,
      (_, ...texts: (string | undefined)[]) =>
        JSON.stringify((texts.slice(0, 3).find((inner) => inner !== undefined) ?? "").replaceAll(/\\(.)/g, "$1")),
    )
    .replaceAll(/\((?="[^"]*", )/g, "[")
    .replaceAll(/\)(?=[,\]])/g, "]")
    .replaceAll(/\bNone\b/g, "null");
}

/** `[{key=team, value=Alpha}, {key=env, value=prod}]`. */
function readStructs(text: string): Pair[] | null {
  const inner = /^\[\s*(\{key=.*\})\s*\]$/s.exec(text)?.[1];
  const items = inner?.slice(1, -1).split(/\}\s*,\s*\{/) ?? [];
  const pairs = items.map((item): Pair | null => {
    const [, key, value] = /^key=([^,={}]+),\s*value=([^{}]*)$/.exec(item) ?? [];
    return key === undefined ? null : [key, value];
  });
  return pairs.length > 0 && pairs.every((pair) => pair !== null) ? pairs : null;
}

function readPlain(text: string): Pair[] | null {
  const inner = /^\{(.*)\}$/s.exec(text)?.[1] ?? text;
  const parts = (list: readonly string[]) => list.map((part) => part.trim()).filter((part) => part !== "");
  const byMarks = parts(inner.split(/[,;|\n]/));
  // An ampersand parts pairs only where each part is one: the team may be R&D.
  const byAmpersands = parts(inner.split("&"));
  const isQuery = byMarks.length === 1 && byAmpersands.every((part) => /^[^=\s]+=[^=]*$/.test(part));
  const pairs = (isQuery ? byAmpersands : byMarks).map(plainPair);
  return pairs.length > 0 && pairs.every((pair) => pair !== null) ? pairs : null;
}

/** `team=Alpha`, `team="Alpha"`, `team: Alpha`. */
function plainPair(part: string): Pair | null {
  const [, key = "", given = ""] = /^([^=]+)=(.*)$/.exec(part) ?? /^([^\s:]+):\s*(.*)$/.exec(part) ?? [];
  const value = /^"([^"]*)"$/.exec(given.trim())?.[1] ?? given.trim();
  return key && !/["'{}[\]]/.test(key + value) ? [key, value] : null;
}
