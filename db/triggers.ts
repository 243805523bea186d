import { getTableName } from "drizzle-orm";
import { getTableConfig, type SQLiteTable } from "drizzle-orm/sqlite-core";
import * as t from "./schema/index.ts";

type Dialect = "sqlite" | "postgres";
type Operation = "insert" | "update" | "delete" | "truncate";

/**
 * When something is refused – an SQL condition on a row, which is called `NEW`, `OLD` or by an alias – and the message
 * for it.
 */
interface Check {
  readonly when: (row: string) => string;
  readonly message: string;
}

/** The rules for the rows of a table, whichever program writes them. */
interface Rule {
  readonly table: SQLiteTable;
  /** Rows that can be neither changed nor deleted. */
  readonly kept?: Check;
  /** Rows that change, but cannot be deleted. */
  readonly undeletable?: Check;
  /** Rows that cannot be added, nor can another row become one. */
  readonly barred?: Check;
  /** The key alone decides whether a row is kept, and a row that would be kept is refused. */
  readonly byKey?: boolean;
}

const always = () => "true";
const inClosed = (condition: string) => `exists (select 1 from closes c where ${condition})`;
const closedDay = (row: string) => inClosed(`${row}.day >= c.from_day and ${row}.day < c.until_day`);
const closedMonth = (row: string) =>
  inClosed(`${row}.month * 100 + 1 >= c.from_day and ${row}.month * 100 + 31 < c.until_day`);
const closedPeriod = (row: string) => inClosed(`c.period_id = ${row}.period_id`);
const closedCost = (row: string) => inClosed(`${row}.until_day > c.from_day and ${row}.from_day < c.until_day`);
const decided = (row: string) =>
  `exists (select 1 from price_proposals p where p.id = ${row}.proposal_id and p.status <> 'proposed')`;

/** Rows to which nothing can be added, and which cannot be changed or deleted. */
const frozen = (table: SQLiteTable, when: Check["when"], message: string, byKey = false): Rule => ({
  table,
  kept: { when, message },
  barred: { when, message },
  byKey,
});

const RULES: readonly Rule[] = [
  ...[t.charges, t.teamDays, t.shares, t.unpriced, t.spendDays].map((table) =>
    frozen(table, closedDay, "the period of this day is closed", true),
  ),
  frozen(t.spendMonths, closedMonth, "the period of this month is closed", true),
  frozen(t.costLines, closedCost, "the period of this cost is closed"),
  frozen(t.adjustments, closedPeriod, "the period is closed"),
  frozen(t.lineReviews, closedPeriod, "the period is closed", true),
  frozen(t.prices, decided, "a decided proposal never changes"),
  // A rate is valid until the next: one from before a closed period may be the one its days were charged with.
  frozen(
    t.exchangeRates,
    (row) => inClosed(`${row}.day < c.until_day`),
    "the period of this exchange rate is closed",
    true,
  ),
  {
    table: t.priceProposals,
    kept: { when: (row) => `${row}.status <> 'proposed'`, message: "a decided proposal never changes" },
  },
  {
    table: t.corrections,
    kept: { when: (row) => `${row}.booked_in <> ''`, message: "a booked correction never changes" },
    barred: {
      when: (row) => `${row}.booked_in <> '' and ${inClosed(`c.period_id = ${row}.booked_in`)}`,
      message: "the period is closed",
    },
  },
  {
    table: t.closes,
    kept: { when: always, message: "what is closed never changes" },
    barred: {
      when: (row) =>
        inClosed(
          `c.period_id = ${row}.period_id or c.sequence = ${row}.sequence or (${row}.from_day < c.until_day and c.from_day < ${row}.until_day)`,
        ),
      message: "the period is closed already",
    },
  },
  {
    table: t.statements,
    kept: { when: always, message: "what is closed never changes" },
    barred: { when: closedPeriod, message: "the period is closed" },
  },
  {
    table: t.statementLines,
    kept: { when: always, message: "what is closed never changes" },
    barred: {
      when: (row) =>
        `exists (select 1 from closes c join statements s on s.period_id = c.period_id where s.number = ${row}.number)`,
      message: "the period is closed",
    },
  },
  { table: t.auditLog, kept: { when: always, message: "the audit log only grows" } },
  { table: t.auditChain, kept: { when: always, message: "the audit log only grows" } },
  { table: t.auditHead, undeletable: { when: always, message: "the audit log only grows" } },
];

interface Trigger {
  readonly name: string;
  /** SQL statements. */
  readonly create: readonly string[];
}

/**
 * Every trigger of a database, as its migrations leave them: they protect what is closed or decided, and the audit log,
 * against any program.
 */
export function triggers(dialect: Dialect): Trigger[] {
  const operations: Operation[] = [
    "insert",
    "update",
    "delete",
    ...(dialect === "postgres" ? ["truncate" as const] : []),
  ];
  return RULES.flatMap((rule) =>
    operations.flatMap((operation) => {
      const checks = checksOf(rule, operation, dialect);
      return checks.length ? [print(getTableName(rule.table), operation, checks, dialect)] : [];
    }),
  );
}

function checksOf(
  { table, kept, undeletable, barred, byKey }: Rule,
  operation: Operation,
  dialect: Dialect,
): [string, string][] {
  if (operation === "truncate") return [["true", "what money rests on is never emptied"]];
  const checks: [string, string][] = [];
  if (undeletable && operation === "delete") checks.push([undeletable.when("OLD"), undeletable.message]);
  if (kept && operation !== "insert") checks.push([kept.when("OLD"), kept.message]);
  if (kept?.when === always && operation === "update") return checks;
  if (barred && operation !== "delete") checks.push([barred.when("NEW"), barred.message]);
  // `insert or replace` and `update or replace` delete a row that is in the way without its delete trigger, unless a connection asks for it.
  if (dialect === "sqlite" && kept && !byKey && operation !== "delete")
    checks.push([inTheWay(table, kept.when), kept.message]);
  return checks;
}

/** Whether a kept row has a key, or a unique value, of the new one. */
function inTheWay(table: SQLiteTable, kept: Check["when"]): string {
  const { columns, primaryKeys, indexes } = getTableConfig(table);
  const own = columns.filter((column) => column.primary);
  const keys = [
    ...primaryKeys.map((key) => key.columns.map((column) => column.name)),
    ...own.map((column) => [column.name]),
    ...indexes
      .filter((i) => i.config.unique)
      .map((i) => i.config.columns.map((c) => ("name" in c ? String(c.name) : ""))),
    // Where SQLite numbers the rows itself, that number is a key too; an integer key is that number.
    ...(own.some((column) => column.getSQLType() === "text") ? [["rowid"]] : []),
  ];
  const and = kept === always ? "" : ` and ${kept("r")}`;
  return keys
    .map((key) => key.map((name) => `r.${name} = NEW.${name}`).join(" and "))
    .map((same) => `exists (select 1 from ${getTableName(table)} r where ${same}${and})`)
    .join(" or ");
}

function print(table: string, operation: Operation, checks: readonly [string, string][], dialect: Dialect): Trigger {
  const name = `${table}_no_${operation}`;
  const head = `CREATE TRIGGER "${name}" BEFORE ${operation.toUpperCase()} ON "${table}"`;
  if (dialect === "sqlite") {
    const body = checks.map(([when, message]) => `SELECT RAISE(ABORT, '${message}') WHERE ${when};`).join(" ");
    return { name, create: [`${head} BEGIN ${body} END;`] };
  }
  const body = checks.map(([when, message]) => `IF ${when} THEN RAISE EXCEPTION '${message}'; END IF;`).join(" ");
  const row = { insert: "NEW", update: "NEW", delete: "OLD", truncate: "NULL" }[operation];
  const each = operation === "truncate" ? "STATEMENT" : "ROW";
  return {
    name,
    create: [
      `CREATE FUNCTION "${name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} RETURN ${row}; END $$;`,
      `${head} FOR EACH ${each} EXECUTE FUNCTION "${name}"();`,
    ],
  };
}

const CREATED = /^CREATE (?:TRIGGER|FUNCTION) ["`]?(\w+)["`]?/i;
const DROPPED = /^DROP (?:TRIGGER|FUNCTION)(?: IF EXISTS)? ["`]?(\w+)["`]?/i;

/**
 * The triggers (and their functions) that exist after migration statements in order: the statements of each by its
 * name.
 */
export function triggersAfter(statements: readonly string[]): Map<string, readonly string[]> {
  const out = new Map<string, readonly string[]>();
  for (const statement of statements) {
    const created = CREATED.exec(statement)?.[1];
    const dropped = DROPPED.exec(statement)?.[1];
    const table = /^DROP TABLE ["`]?(\w+)["`]?/i.exec(statement)?.[1];
    if (created) out.set(created, [...(out.get(created) ?? []), statement]);
    else if (dropped) out.delete(dropped);
    // Dropping a table drops its triggers.
    else if (table)
      for (const [name, own] of out) if (new RegExp(` ON ["\`]?${table}\\b`).test(own.join())) out.delete(name);
  }
  return out;
}

/** Statements that turn the triggers that `before` left into those of the list; none if they are equal. */
export function triggerChanges(dialect: Dialect, before: readonly string[]): string[] {
  const there = triggersAfter(before);
  const wanted = new Map(triggers(dialect).map((trigger) => [trigger.name, trigger.create]));
  const differs = (name: string) => there.get(name)?.join("\n") !== wanted.get(name)?.join("\n");
  const gone = [...there.keys()].filter(differs).map((name) => dropTrigger(dialect, name));
  return [...gone, ...[...wanted].filter(([name]) => differs(name)).flatMap(([, create]) => create)];
}

/** The statement that removes a trigger and its function, if they exist. */
export const dropTrigger = (dialect: Dialect, name: string): string =>
  dialect === "sqlite" ? `DROP TRIGGER IF EXISTS "${name}";` : `DROP FUNCTION IF EXISTS "${name}"() CASCADE;`;
