/**
 * Tags of a row of FOCUS, by key in small letters without the prefix that a cloud puts in front; null: the text is in none of the
 * forms in which they are published. A tag without a value is not there.
 *
 * Forms: a JSON object; the same without braces, as Azure exports it; a list of objects with key and value, or of pairs, as
 * BigQuery and Parquet readers write it; the same in single quotes, as Python writes it; `key=value` or `key: value` without
 * quotes, parted by commas, semicolons or bars, with or without braces, as Athena writes maps.
 */
export function readTags(text: string): ReadonlyMap<string, string> | null {
  const trimmed = text.trim();
  if (trimmed === "" || /^(?:null|none|n\/a|\{\}|\[\])$/i.test(trimmed)) return new Map();
  const body = [trimmed, `{${trimmed}}`, `[${trimmed}]`];
  for (const form of [...body, ...body.map(unquotePython)]) {
    const pairs = pairsOf(readJson(form));
    if (pairs) return mapOf(pairs);
  }
  const pairs = readPlain(trimmed);
  return pairs && mapOf(pairs);
}

type Pair = readonly [string, unknown];

function mapOf(pairs: readonly Pair[]): Map<string, string> {
  const out = new Map<string, string>();
  for (const [key, value] of pairs) {
    const name = plainKey(key);
    // The first of a key stands.
    if (isValue(value) && String(value) !== "" && !out.has(name)) out.set(name, String(value));
  }
  return out;
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
  if (Array.isArray(item)) return item.length === 2 && typeof item[0] === "string" ? [item[0], item[1]] : null;
  if (typeof item !== "object" || item === null) return null;
  const fields = new Map(Object.entries(item).map(([name, value]) => [name.toLowerCase(), value as unknown]));
  const key = fields.get("key") ?? fields.get("name");
  if (typeof key === "string") return [key, fields.get("value")];
  const [only] = Object.entries(item);
  return only && fields.size === 1 ? only : null;
}

/** Python's texts and tuples as JSON: `{'team': 'Alpha'}`, `[('team', None)]`. What has a double quote in it stays as it is. */
function unquotePython(text: string): string {
  if (text.includes('"')) return text;
  return text
    .replaceAll(/'((?:[^'\\]|\\.)*)'/g, (_, inner: string) => JSON.stringify(inner.replaceAll(/\\(.)/g, "$1")))
    .replaceAll(/\((?="[^"]*", )/g, "[")
    .replaceAll(/\)(?=[,\]])/g, "]")
    .replaceAll(/\bNone\b/g, "null");
}

function readPlain(text: string): Pair[] | null {
  const inner = /^\{(.*)\}$/s.exec(text)?.[1] ?? text;
  const pairs = inner
    .split(/[,;|\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part): Pair | null => {
      const [, key = "", value = ""] = /^([^=]+)=(.*)$/.exec(part) ?? /^([^\s:]+):\s*(.*)$/.exec(part) ?? [];
      return key && !/["'{}[\]]/.test(part) ? [key, value.trim()] : null;
    });
  return pairs.length > 0 && pairs.every((pair) => pair !== null) ? pairs : null;
}
