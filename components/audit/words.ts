import { formatMicros, formatNanos } from "@/lib/money.ts";
import { own } from "@/lib/order.ts";
import { dateOf, formatSeconds } from "@/lib/time.ts";
import { formatDay, formatMoment, grouped } from "../format.ts";

/** Names of what entries are about, by subjects such as `team/7`, `user/3`, `token/ab12` and `project/5`. */
export type AuditNames = ReadonlyMap<string, string>;

const KINDS: Readonly<Record<string, string>> = {
  user: "person",
  "alert-rule": "alert rule",
  "secret-key": "key of secrets",
  cost: "imported cost",
};
/** An id says nothing to a reader; its beginning is enough to keep two of them apart. */
const short = (id: string): string => (/^[0-9a-f]{8}-[0-9a-f]{4}-/.test(id) ? id.slice(0, 8) : id);

/** `team/7/rule/3f2a` → `Vision, rule`: the name where there is one, else the kind and key. */
export function subjectText(subject: string, names: AuditNames): string {
  const parts = subject.split("/");
  const [kind = "", id = "", ...rest] = parts;
  const scope = /^(team|project):(\d+)$/.exec(id);
  const owner = names.get(`${kind}/${id}`) ?? (scope ? names.get(`${scope[1]}/${scope[2]}`) : undefined);
  const word = own(KINDS, kind) ?? kind;
  if (owner === undefined) return [word, short(id), ...rest.map(short)].filter(Boolean).join(" ");
  const head = scope || kind === "token" || kind === "proposal" ? `${word} ${owner}` : owner;
  return [head, ...rest.filter((_, i) => i % 2 === 0)].join(", ");
}

const JOBS: Readonly<Record<string, string>> = { provider: "identity provider" };

/** Who did it: a token by its name, the command line by who typed, a job as such. */
export function actorText({ actorKind, actorId }: { actorKind: string; actorId: string }, names: AuditNames): string {
  const name = names.get(actorId);
  if (actorKind === "token") return name === undefined ? actorId.replace("/", " ") : `token ${name}`;
  if (actorKind === "job") return own(JOBS, actorId) ?? `job ${actorId}`;
  if (actorId.startsWith("cli:")) return `${actorId.slice(4)} (command line)`;
  return actorKind === "local" ? "somebody at the machine" : actorId;
}

const LABELS: Readonly<Record<string, string>> = {
  kind: "by",
  act: "what",
  start: "from",
  end: "until",
  costClass: "class",
  origin: "given",
  clusterId: "cluster",
  position: "place in the order",
  sharedMicros: "of it shared",
  lastUsedAt: "last used",
  unitPriceNanos: "unit price",
  effectiveFrom: "from",
};
/** They say to the ledger which row it is, or are the same in every entry of the kind; the subject says it to a reader. */
const KEYS = new Set(["id", "teamKey", "key", "userKey", "createdAt", "createdBy"]);
/** Where a value of these keys has a name. */
const NAMED: Readonly<Record<string, string>> = {
  teamKey: "team",
  teamKeys: "team",
  projectKey: "project",
  userKey: "user",
  person: "user",
};

/** `costCentre` → `cost centre`; units and instants are in the value. */
const labelOf = (key: string): string =>
  own(LABELS, key) ??
  key
    .replace(/(Micros|Seconds|Day|At|Keys?)$/, (end) => (key === end ? end : ""))
    .replace(/([a-z0-9])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)
    .replace(/\bgl\b/i, "GL");

export interface Change {
  readonly label: string;
  /** Null: there was nothing. */
  readonly old: string | null;
  readonly now: string | null;
}

/** The fields that differ, in the words of a reader, times in `zone`. @param before JSON, or null where there was nothing; `after` alike. */
export function changesOf(before: string | null, after: string | null, names: AuditNames, zone: string): Change[] {
  const [old, now] = [fieldsOf(before, names, zone), fieldsOf(after, names, zone)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((key) => old[key] !== now[key] && !KEYS.has(key))
    .map((key) => ({
      label: labelOf(key),
      // What was done says it of the act, not of the state before; a name that is said before alone is of what it was done to.
      old: before === null || key === "act" ? null : (old[key] ?? "–"),
      now: after === null ? null : (now[key] ?? "–"),
    }));
}

/** The changes of an entry in one cell: `GPUs: 4 → 8; valid until: 2026-12-31`; empty where nothing is on record of them. */
export function changesText(
  { before, after }: { readonly before: string | null; readonly after: string | null },
  names: AuditNames,
  zone: string,
): string {
  if (before === null && after === null) return "";
  const changes = changesOf(before, after, names, zone);
  return changes
    .map(({ label, old, now }) => `${label}: ${[old, now].filter((text) => text !== null).join(" → ")}`)
    .join("; ");
}

function fieldsOf(json: string | null, names: AuditNames, zone: string): Record<string, string> {
  if (json === null) return {};
  const value: unknown = JSON.parse(json);
  if (typeof value !== "object" || value === null) return { value: String(value) };
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, v]) => [key, valueText(key, v, names, zone)] as const)
      .filter(([, text]) => text !== ""),
  );
}

/** Years that a ledger has: other numbers are no instants, whatever their key. */
const isInstant = (value: number): boolean => value > 946_684_800 && value < 7_258_118_400;

function valueText(key: string, value: unknown, names: AuditNames, zone: string): string {
  if (value === null || value === "" || value === undefined) return "";
  if (Array.isArray(value)) return value.map((v) => valueText(key, v, names, zone)).join("; ");
  if (typeof value === "object")
    return Object.entries(value)
      .map(([k, v]) => [k, valueText(k, v, names, zone)] as const)
      .filter(([, text]) => text !== "")
      .map(([k, text]) => `${labelOf(k)} ${text}`)
      .join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  // Of no team, project or person.
  if (key in NAMED && value === 0) return "";
  if (key in NAMED)
    return String(value)
      .split(" ")
      .map((k) => names.get(`${own(NAMED, key)}/${k}`) ?? k)
      .join(", ");
  if (key === "origin") return givenBy(String(value));
  if (typeof value !== "number") return String(value);
  if (/Day$/.test(key)) return formatDay(value);
  if (/Micros$/.test(key)) return grouped(formatMicros(value));
  if (/Nanos$/.test(key)) return formatNanos(value);
  if (/^quiet(From|Until)$/.test(key)) return minuteText(value);
  if (/Seconds$/.test(key)) return value === 0 ? "" : formatSeconds(value);
  if (/^effective(From|Until)$/.test(key) && value > 20_000_000) return formatDay(value);
  return /(At|^start|^end)$/.test(key) && isInstant(value) ? momentText(value, zone) : String(value);
}

/** A minute of the day as `22:00`; below 0: none is set. */
const minuteText = (minute: number): string =>
  minute < 0 ? "" : [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");

/** How a role came: nothing to say where an administrator gave it. */
const givenBy = (origin: string): string =>
  origin === "direct" ? "" : `by ${origin.replace(/^group:/, "the group ")}`;

/** With its year: entries stay for years. */
const momentText = (at: number, zone: string): string =>
  `${dateOf(at, zone)} ${formatMoment(at, zone).split(", ").at(-1)}`;
