/** A command of the command line, run at `at` (an instant as text) on a reference ledger. */
export interface Order {
  readonly at: string;
  /** `$proposal:<title>` stands for the id of the proposal of that title. */
  readonly args: readonly string[];
  /** The reference that its output is, with its ending; absent: nobody compares it. `….zip`: each file in it is one. */
  readonly name?: string;
  /** How it ends; 0 where absent. A dry run of a close that something blocks ends with 1. */
  readonly code?: number;
  /** Seconds: only in a run of everything. */
  readonly slow?: boolean;
}

export interface ReferenceLedger {
  readonly name: "month" | "weeks";
  /** What the ledger says, as it is. */
  readonly reading: readonly Order[];
  /** A price of closed days is changed afterwards: what is corrected, and the close that books it. */
  readonly correcting: readonly Order[];
}

/** The reports of the version that wrote the ledgers. */
const REPORTS = [
  "usage-by-project",
  "usage-by-workload",
  "capacity",
  "project-allocations",
  "utilization",
  "suspicious",
  "cost-by-team",
  "cost-by-project",
  "cost-by-user",
  "cost-by-workload",
  "cost-by-model",
  "cost-by-class",
  "cost-trend",
  "idle-cost",
  "top-movers",
  "cost-bridge",
];

interface Shape {
  readonly at: string;
  /** Closed billing periods, each with its days for reports. */
  readonly closed: readonly { readonly id: string; readonly days: readonly string[] }[];
  readonly all: readonly string[];
  readonly open: string;
  readonly team: string;
  readonly costCentre: string;
  readonly creditNote: { readonly id: string; readonly team: string };
  readonly priceDays: readonly string[];
  /** A calendar month for what previews and compares. */
  readonly month: string;
}

/** Formats of statements, each with the ending of its reference. */
const FORMATS = { csv: "csv", json: "json", xlsx: "xlsx", pdf: "pdf", focus: "focus.csv", journal: "journal.csv" };

/** Every file of finance. Workbooks, documents and FOCUS take long: each is in the short run once. */
function statementsOf({ at, closed, team, creditNote, costCentre }: Shape): Order[] {
  const last = closed.at(-1)?.id ?? "";
  const of = (id: string, name: string, format: string, ...whose: string[]): Order => {
    return { at, name: `${id}/${name}`, args: ["statement", "--month", id, ...whose, "--format", format] };
  };
  const formats = Object.entries(FORMATS);
  const all = closed.flatMap(({ id }) => [
    ...formats
      .filter(([format]) => format !== "pdf")
      .map(([format, ending]) => ({
        ...of(id, `all.${ending}`, format),
        slow: (format === "xlsx" || format === "focus") && id !== last,
      })),
    { ...of(id, "period.zip", "zip"), slow: true },
  ]);
  const one = formats.flatMap(([format, ending]) => [
    { ...of(last, `team.${ending}`, format, "--team", team), slow: format === "pdf" },
    of(creditNote.id, `credit-note.${ending}`, format, "--team", creditNote.team),
  ]);
  return [...all, ...one, { ...of(last, "cost-centre.zip", "zip", "--cost-centre", costCentre), slow: true }];
}

function readingOf(shape: Shape): Order[] {
  const orders: Order[] = [];
  const add = (name: string, ...args: string[]) => orders.push({ at: shape.at, name, args });
  add("check.txt", "check");
  add("periods.txt", "periods");
  for (const { id } of shape.closed) add(`${id}/audit.txt`, "audit", "--month", id);
  for (const day of shape.priceDays) add(`prices/list-${day}.csv`, "prices", "list", "--on", day);
  add("prices/proposals.csv", "prices", "proposals");
  add("prices/rates.csv", "prices", "rates");
  add("teams/list.csv", "teams", "list");
  add("teams/rules.csv", "teams", "rules");
  add("teams/rules-all.csv", "teams", "rules", "--all");
  add("policies/list.csv", "policies", "list");
  add("policies/compare.csv", "policies", "compare", "--month", shape.month);
  add("costs.csv", "costs", "list");
  add("gaps.csv", "gaps");
  add("catalogues.csv", "catalogues", "list");
  const rule = ["--team", shape.team, "--kind", "user", "--pattern", "user1@*", "--from", `${shape.month}-01`];
  add("teams/preview.csv", "teams", "add-rule", ...rule, "--month", shape.month, "--dry-run");
  orders.push(...statementsOf(shape));
  const last = shape.closed.at(-1)?.id ?? "";
  for (const format of ["csv", "json", "focus"])
    add(`${shape.open}/draft.${format}`, "statement", "--month", shape.open, "--format", format);
  orders.push({ at: shape.at, name: `${shape.open}/close.txt`, args: ["close", "--month", shape.open], code: 1 });
  for (const slug of REPORTS) {
    for (const { id, days } of shape.closed)
      orders.push({
        at: shape.at,
        name: `reports/${id}/${slug}.csv`,
        args: ["report", slug, ...days],
        slow: id !== last,
      });
    add(`reports/all/${slug}.json`, "report", slug, ...shape.all, "--format", "json");
  }
  add("reports/all/cost-trend-week.csv", "report", "cost-trend", ...shape.all, "--grain", "week");
  add("reports/all/cost-trend-month.csv", "report", "cost-trend", ...shape.all, "--grain", "month");
  const days = shape.closed.at(-1)?.days ?? [];
  for (const by of ["project", "user"])
    add(`reports/${last}/movers-by-${by}.csv`, "report", "top-movers", ...days, "--by", by);
  add(`reports/${last}/team.csv`, "report", "cost-by-workload", ...days, "--team", shape.team);
  return orders;
}

interface Change {
  readonly at: string;
  readonly closeAt: string;
  readonly open: string;
  readonly before: string;
  readonly price: readonly string[];
  readonly overrides: readonly string[];
}

function correctingOf({ at, closeAt, open, before, price, overrides }: Change): Order[] {
  const title = "Later price";
  const close = ["close", "--month", open, "--yes", ...overrides.flatMap((o) => ["--override", o])];
  return [
    { at, args: ["prices", "propose", ...price, "--title", title] },
    { at, name: "after/diff.csv", args: ["prices", "diff", `$proposal:${title}`, "--month", before] },
    { at, args: ["prices", "approve", `$proposal:${title}`, "--reason", "late"] },
    { at, args: ["charge"] },
    { at, name: "after/draft.csv", args: ["statement", "--month", open] },
    { at: closeAt, args: close },
    { at: closeAt, name: "after/booked.csv", args: ["statement", "--month", open] },
    { at: closeAt, name: "after/audit.txt", args: ["audit", "--month", open] },
    { at: closeAt, name: "after/cost-bridge.csv", args: ["report", "cost-bridge", "--month", before] },
    { at: closeAt, name: "after/check.txt", args: ["check"], slow: true },
  ];
}

const month = (id: string) => ({ id, days: ["--month", id] });
const span = (id: string, from: string, to: string) => ({ id, days: ["--from", from, "--to", to] });

export const REFERENCE_LEDGERS: readonly ReferenceLedger[] = [
  {
    name: "month",
    reading: readingOf({
      at: "2026-12-08T12:00:00Z",
      closed: ["2026-08", "2026-09", "2026-10", "2026-11"].map(month),
      all: ["--from", "2026-08-01", "--to", "2026-12-01"],
      open: "2026-12",
      team: "Language",
      costCentre: "CC-7100",
      creditNote: { id: "2026-10", team: "Interns" },
      priceDays: ["2026-08-20", "2026-09-10", "2026-10-20", "2026-12-01"],
      month: "2026-11",
    }),
    correcting: [
      {
        at: "2026-12-08T13:00:00Z",
        name: "prices/diff.csv",
        args: ["prices", "diff", "$proposal:Not decided", "--month", "2026-11"],
      },
      ...correctingOf({
        at: "2026-12-09T09:00:00Z",
        closeAt: "2027-01-10T09:00:00Z",
        open: "2026-12",
        before: "2026-11",
        price: ["--kind", "gpu", "--match", "H100 80GB", "--unit-price", "2.8125", "--from", "2026-11-10"],
        overrides: [
          "missing-days=The cluster was taken down on the fourth",
          "due-buckets=It will not be metered again",
          "gaps=They are of the last days of the cluster",
        ],
      }),
    ],
  },
  {
    name: "weeks",
    reading: readingOf({
      at: "2026-11-30T12:00:00Z",
      closed: [span("FY2027-P01", "2026-09-28", "2026-10-26"), span("FY2027-P02", "2026-10-26", "2026-11-23")],
      all: ["--from", "2026-09-28", "--to", "2026-11-23"],
      open: "FY2027-P03",
      team: "Research",
      costCentre: "P-1",
      creditNote: { id: "FY2027-P02", team: "Unassigned" },
      priceDays: ["2026-09-28", "2026-10-05"],
      month: "2026-10",
    }),
    correcting: correctingOf({
      at: "2026-12-01T09:00:00Z",
      closeAt: "2027-01-04T09:00:00Z",
      open: "FY2027-P03",
      before: "2026-10",
      price: ["--kind", "gpu", "--match", "A100", "--unit-price", "188.05", "--from", "2026-10-20"],
      overrides: ["missing-days=The cluster was taken down"],
    }),
  },
];
