/**
 * The architecture as data: who may import whom, and what may be done where. `npm run check:layers` holds the code to it
 * (scripts/check-layers.ts); docs/architecture.md says it in prose.
 */

/** Left never imports right; names in one row do not import each other. A room is a folder of `lib/`, or one of PARTS. */
export const ORDER: readonly (readonly string[])[] = [
  ["telemetry"],
  ["foundation"],
  ["db", "sources", "mail"],
  ["auth"],
  ["secrets"],
  ["sync"],
  ["metering", "readings", "connections"],
  ["due"],
  ["pricing", "attribution"],
  ["allocation"],
  ["charges"],
  ["costs", "periods"],
  ["statements"],
  ["previews", "closing", "bills", "opencost"],
  ["forecast"],
  ["insights", "budgets"],
  ["unit-costs", "burst"],
  ["alerts", "reports"],
  ["pages", "exports", "events"],
  ["api", "metrics"],
  ["jobs"],
  ["acts"],
  ["app", "cli"],
];

/** Files that are a room of their own, below the room whose folder they are in: what everybody who changes money's inputs calls. */
export const PARTS: Readonly<Record<string, string>> = { "lib/charges/due-store.ts": "due" };

/** Forbidden although the order would allow it. */
export const NEVER: Readonly<Record<string, readonly string[]>> = {
  auth: ["sources"],
  jobs: ["reports", "pages", "exports", "api"],
};

/** Layers outside the order: the only files of ours that each may import, besides its own. */
export const CONFINED: Readonly<Record<string, RegExp>> = {
  components: /^lib\/(?:classes|time|units|money|format|order|reports\/unit)\.ts$|^lib\/(?:[^/]+\/)+types\.ts$/,
  simulator: /^lib\/(classes|time|units|money|order)\.ts$/,
};

/** Chores and tests of the whole: they may import anything, and nothing imports them. */
export const TOOLS: readonly string[] = ["scripts", "e2e", "bench"];

/** Files that may do what others may not, each with its reason. */
export interface Permit {
  readonly rule: string;
  readonly file: RegExp;
  readonly target?: RegExp;
  readonly typeOnly?: boolean;
  readonly reason: string;
}

export const PERMITS: readonly Permit[] = [
  {
    rule: "direction",
    file: /^lib\/ctx\.ts$/,
    target: /^db\/client\.ts$/,
    typeOnly: true,
    reason: "the context carries the store, by type",
  },
  {
    rule: "direction",
    file: /^components\//,
    target: /^lib\/reports\/report\.ts$/,
    typeOnly: true,
    reason: "a table is drawn from a report's columns, by type",
  },
  {
    rule: "direction",
    file: /^cli\/corpus\.ts$/,
    target: /^simulator\/corpus\//,
    reason: "`ledger insights evaluate` measures the rules on labelled workloads, which the simulator makes",
  },
  { rule: "database", file: /^lib\/acts\/acts\.worker\.ts$/, reason: "opens the store for a thread of its own" },
  { rule: "database", file: /^lib\/jobs\/(ledger|beside)\.ts$/, reason: "opens the store for a process of its own" },
  { rule: "database", file: /^lib\/sync\/(due|lease)\.ts$/, reason: "small stores under the name of what they keep" },
  {
    rule: "database",
    file: /^lib\/sync\/windows\/(plan|finder|read-window)\.ts$/,
    reason: "what to ask a source for follows from the inventory; they read it and never write",
  },
  { rule: "environment", file: /^lib\/env\.ts$/, reason: "the only reader of the settings" },
  { rule: "environment", file: /^[^/]+\.config\.(ts|mjs)$/, reason: "tools read their own switches" },
  { rule: "environment", file: /^(scripts|e2e|bench)\//, reason: "chores pass the environment on" },
  {
    rule: "environment",
    file: /^cli\/ledger\.ts$/,
    reason: "how much to report of a failure, when the settings themselves may be what is wrong",
  },
  { rule: "clock", file: /^lib\/ctx\.ts$/, reason: "where a context gets its clock" },
  {
    rule: "clock",
    file: /^lib\/http\.ts$/,
    reason: "Retry-After may be a date: it is read against the machine's clock",
  },
  {
    rule: "clock",
    file: /^simulator\/(clock|runai\/auth)\.ts$/,
    reason: "a stand-in's own clock: its tokens expire by it",
  },
  { rule: "clock", file: /^(scripts|e2e|bench)\//, reason: "chores are not part of the product" },
];

/** May name `db/`, drizzle or a driver: the store of each module (`load.ts` where reading is a file of its own), and reports, which read any table. */
export const SEES_DATABASE = /^lib\/(?:[^/]+\/(?:[^/]+\/)?(?:[a-z-]+-)?(?:store|load)\.ts$|(?:reports|pages)\/)/;
export const DATABASE_PACKAGES = /^(drizzle-orm|better-sqlite3|pg)(\/|$)/;

/** May talk to the network: sources (but not their pure parts), alert channels and destinations of events. */
export const SEES_NETWORK =
  /^lib\/(?:http\.ts$|sources\/(?!.*\/(?:wire|reshape)\.ts$)|alerts\/channels\/|events\/destinations\/|mail\/|auth\/nextauth\/)/;
export const NETWORK = /^(lib\/http\.ts|undici|nodemailer|node:(http|https|http2|net|tls|dgram|dns))(\/|$)/;

/**
 * All of `lib/sources` that other rooms may import: the list of sources, what a source is, what a failure means, where no source is, and how calls are
 * counted.
 */
export const FACE_OF_SOURCES =
  /^lib\/sources\/(index|find-pods|source|connection-form|metadata-hosts|namespace-cost|failure|call-times|(?:cost-explorer|price-feeds)\/index)\.ts$/;

/** The library of sign-in, and the one folder that imports it: another library would change that folder alone. */
export const SIGN_IN_PACKAGES = /^(next-auth|@auth)(\/|$)/;
export const SEES_SIGN_IN = /^lib\/auth\/nextauth\//;

/** Rooms whose files name no vendor, not even in a comment: what they need to know of a source is data (lib/sources/source.ts). */
export const NAMES_NO_VENDOR = /^lib\/(sync|metering)\//;
export const VENDOR_WORDS =
  /\brun:?ai\b|prometheus|dcgm|cadvisor|kube-state-metrics|\bthanos\b|\bmimir\b|victoriametrics/i;

export const FORBIDDEN_FOLDERS: readonly string[] = [
  "src",
  "utils",
  "helpers",
  "hooks",
  "types",
  "services",
  "common",
  "config",
  "misc",
  "manager",
];

export const MOST_LINES = 400;

/** Files of one folder of `lib/` or `components/`, tests aside: a larger one is several rooms. */
export const MOST_FILES = 25;

/** Loaders of pages and reports that do not start from the viewer, each with its reason. */
export const VIEWER_PERMITS: readonly {
  readonly file: string;
  readonly names: readonly string[];
  readonly reason: string;
}[] = [
  {
    file: "lib/pages/budgets.ts",
    names: ["loadBudgetsPage", "loadBudgetPage"],
    reason: "lib/budgets starts from the viewer",
  },
  {
    file: "lib/pages/finding.ts",
    names: ["loadFinding"],
    reason: "lib/insights finds the finding for the viewer",
  },
  { file: "lib/pages/home/me.ts", names: ["readHours"], reason: "of workloads that the caller found for the viewer" },
  {
    file: "lib/pages/strips.ts",
    names: ["loadStrips"],
    reason: "of a workload that findWorkload found for the viewer",
  },
  {
    file: "lib/reports/read/workload-charges.ts",
    names: ["readWorkloadCharges", "readHourRates"],
    reason: "of workloads that the caller found for the viewer",
  },
  { file: "lib/pages/workloads.ts", names: ["containsSql"], reason: "reads nothing" },
  { file: "lib/reports/cost/cost-columns.ts", names: ["costCells"], reason: "reads nothing" },
  {
    file: "lib/reports/explain/evidence.ts",
    names: ["readEvidence"],
    reason: "of a workload with a charge in the scope",
  },
  { file: "lib/reports/read/cost-scope.ts", names: ["listTeams"], reason: "names by key, for scopes" },
  {
    file: "lib/reports/read/metered-time.ts",
    names: ["readMeteredTime"],
    reason: "how long each cluster is metered: of nobody",
  },
  {
    file: "lib/reports/read/period-before.ts",
    names: ["comparedDays"],
    reason: "which days are charged: of nobody",
  },
  {
    file: "lib/reports/read/usage.ts",
    names: ["readWorkloadSums"],
    reason: "of workloads that a condition of the caller's scope names",
  },
  { file: "lib/reports/usage/workload-usage.ts", names: ["readSpans"], reason: "of workloads that the scope listed" },
];

/** Sums of money as plain numbers that may stay, each with its reason (scripts/sum-rules.ts). */
export const SUM_PERMITS: readonly { readonly file: string; readonly text: string; readonly reason: string }[] = [
  {
    file: "app/(dashboard)/spend/spend-kpis.tsx",
    text: "compared.",
    reason: "the numbers of a page, which rounds them; Spend.exact has the amounts",
  },
  { file: "app/(dashboard)/spend/spend-map.tsx", text: "Math.max(0, p.micros)", reason: "the size of an area" },
  { file: "lib/budgets/outlook.ts", text: "total += likely", reason: "what is expected is no exact amount" },
  { file: "lib/insights/anomalies/find.ts", text: "day.usageMicros", reason: "the divisor of a mean" },
  { file: "lib/pages/sparks.ts", text: "+ micros", reason: "the height of a line" },
  { file: "lib/reports/cost/top-movers.ts", text: "micros += micros", reason: "both are BigInts" },
  { file: "lib/reports/read/spend.ts", text: "e.usageMicros +", reason: "all are BigInts" },
];
