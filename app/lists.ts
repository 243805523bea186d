import type { Listed } from "@/components/tables/list.tsx";
import { sortRows } from "@/components/tables/view.ts";
import { allow } from "@/lib/auth/allow.ts";
import { needTeam } from "@/lib/auth/visible-teams.ts";
import { AppError } from "@/lib/errors.ts";
import { cardsOf } from "@/lib/pages/cards.ts";
import { loadPricesPage, type PricesPage } from "@/lib/pages/prices.ts";
import { listBackfills, listRuns, loadGaps } from "@/lib/pages/sync-state.ts";
import { eachWorkload } from "@/lib/pages/workloads.ts";
import { dateOf } from "@/lib/time.ts";
import { readAlertEvents, readAlertMessages, readAlertRules } from "./(dashboard)/alerts/lists.tsx";
import { readAnomalies } from "./(dashboard)/anomalies/query.ts";
import { readBillComparison } from "./(dashboard)/bills/lists.tsx";
import { readBudgets } from "./(dashboard)/budgets/lists.tsx";
import { readBurst } from "./(dashboard)/burst/lists.tsx";
import { readCostLines, readImports } from "./(dashboard)/costs/lists.tsx";
import { readFindings } from "./(dashboard)/findings/query.ts";
import { partsOf } from "./(dashboard)/gpus/columns.tsx";
import { readFleet } from "./(dashboard)/gpus/query.ts";
import { readIdle } from "./(dashboard)/idle/query.ts";
import { readOpencostRows } from "./(dashboard)/opencost/lists.tsx";
import { readBook, readPlaces, readProposals, readRates } from "./(dashboard)/prices/lists.tsx";
import { moneySettings } from "./(dashboard)/prices/money.ts";
import { readProjects } from "./(dashboard)/projects/query.ts";
import { readQuota } from "./(dashboard)/quota/query.tsx";
import { readRightSizing } from "./(dashboard)/rightsizing/query.ts";
import { readSavings } from "./(dashboard)/savings/lists.tsx";
import { readPeriods } from "./(dashboard)/statements/lists.ts";
import { readSuspicious } from "./(dashboard)/suspicious/query.ts";
import { BACKFILL_COLUMNS } from "./(dashboard)/sync/columns.tsx";
import { readSync } from "./(dashboard)/sync/query.ts";
import { readRules, readTeamProjects, readTeams, readUnassigned } from "./(dashboard)/teams/lists.tsx";
import { readUnitDays, readUnits, unitKeyOf } from "./(dashboard)/units/lists.tsx";
import { readUsers } from "./(dashboard)/users/lists.tsx";
import { readWorkloads } from "./(dashboard)/workloads/query.ts";
import { type GuardedPage, PAGE_ACTIONS } from "./page-actions.ts";
import type { PageInput } from "./page-input.ts";
import { inPages, onePage, periodName, type TableFile } from "./table-file.ts";
import { readView } from "./table-input.ts";

/** A list as its page asks for it. `any`: each list has rows of its own. */
// biome-ignore lint/suspicious/noExplicitAny: a file is written from fields, whatever their rows are.
export type List = (input: PageInput) => Promise<TableFile<any>>;

const STEP = 1000;
/** More runs than a month has of them. */
const MOST = 100_000;

const whole =
  <R>(name: string, read: (input: PageInput) => Promise<Listed<R>>): List =>
  async (input) => {
    const { view, rows } = await read(input);
    return { view, name, pages: onePage(rows) };
  };

/** What its page asks of the viewer, its file does. @throws AppError `forbidden`. */
const of =
  (page: GuardedPage, list: List): List =>
  (input) => {
    allow(input.ctx.viewer, PAGE_ACTIONS[page]);
    return list(input);
  };

/** A list of figures of the period, which its file names. */
const ofPeriod =
  <R>(name: string, read: (input: PageInput) => Promise<Listed<R>>): List =>
  async (input) => {
    const { view, rows } = await read(input);
    return { view, name: periodName(name, input), pages: onePage(rows) };
  };

const ofPrices = <R>(name: string, read: (input: PageInput, page: PricesPage, currency: string) => Listed<R>): List =>
  of(
    "/prices",
    whole(name, async (input) =>
      read(input, await loadPricesPage(input.ctx, moneySettings()), moneySettings().currency),
    ),
  );

async function* everyGap(input: PageInput) {
  const { gaps } = await readSync(input);
  for (let offset = 0; ; offset += STEP) {
    const { rows } = await loadGaps(input.ctx, { ...gaps.query, limit: STEP, offset });
    yield rows;
    if (rows.length < STEP) return;
  }
}

/** A team whose page the viewer may open. @throws AppError `not_found`, `forbidden`. */
function teamOf({ ctx: { viewer }, params }: PageInput): number {
  const team = Number(params.team);
  if (!Number.isSafeInteger(team) || team < 1) throw new AppError("invalid", "Of which team? Name it as team=11.");
  needTeam(viewer, team);
  if (!viewer.manages?.includes(team)) allow(viewer, "teams.read");
  return team;
}

/** Every list that a page shows with a file, by the name in `/download/<name>`: the same rows, order and columns. */
export const LISTS: Readonly<Record<string, List>> = {
  anomalies: of(
    "/anomalies",
    ofPeriod("anomalies", async (input) => (await readAnomalies(input)).list),
  ),
  alerts: of("/alerts", whole("alerts", readAlertEvents)),
  "alert-messages": of("/alerts", whole("alert-messages", readAlertMessages)),
  "alert-rules": of("/alerts", whole("alert-rules", readAlertRules)),
  backfills: of(
    "/sync",
    whole("backfills", async (input) => {
      await readSync(input);
      const place = { label: "Backfills", path: "/sync", prefix: "backfills-" };
      return { view: readView(input, BACKFILL_COLUMNS, place), rows: await listBackfills(input.ctx, MOST) };
    }),
  ),
  opencost: of("/opencost", ofPeriod("opencost", readOpencostRows)),
  "bill-comparison": of("/bills", ofPeriod("bill-comparison", readBillComparison)),
  budgets: of("/budgets", whole("budgets", readBudgets)),
  burst: of("/burst", ofPeriod("burst", readBurst)),
  "cost-lines": of(
    "/costs",
    whole("imported-cost-lines", async (input) => {
      const lines = await readCostLines(input);
      if (!lines) throw new AppError("not_found", "There is no such import.");
      return lines;
    }),
  ),
  findings: of(
    "/findings",
    ofPeriod("findings", async (input) => (await readFindings(input)).list),
  ),
  gaps: of("/sync", async (input) => ({
    ...{ view: (await readSync(input)).gaps.view, name: "gaps", pages: everyGap(input) },
  })),
  gpus: of("/gpus", async (input) => {
    const { fleet, view } = await readFleet(input);
    const rows = sortRows(fleet.nodes.flatMap(cardsOf), view).flatMap(partsOf);
    return { view, name: `gpus-${dateOf(fleet.asOfAt ?? input.now, input.billingZone)}`, pages: onePage(rows) };
  }),
  idle: of(
    "/idle",
    whole("idle-now", async (input) => (await readIdle(input)).list),
  ),
  imports: of("/costs", whole("imported-cost", readImports)),
  periods: of("/statements", whole("billing-periods", readPeriods)),
  quota: of(
    "/quota",
    ofPeriod("quota", async (input) => (await readQuota(input)).projects),
  ),
  "quota-fragments": of(
    "/quota",
    whole("fragments", async (input) => {
      const { fragments } = await readQuota(input);
      if (!fragments) throw new AppError("forbidden", "Free capacity by node needs access to every card.");
      return fragments;
    }),
  ),
  "quota-pools": of(
    "/quota",
    ofPeriod("stranded", async (input) => (await readQuota(input)).pools),
  ),
  "right-sizing": of(
    "/rightsizing",
    ofPeriod("right-sizing", async (input) => (await readRightSizing(input)).list),
  ),
  suspicious: of(
    "/suspicious",
    whole("suspicious", async (input) => (await readSuspicious(input)).list),
  ),
  savings: of(
    "/savings",
    whole("savings", async (input) => (await readSavings(input)).realised),
  ),
  "prices-book": ofPrices("price-book", readBook),
  "prices-places": ofPrices("prices-in-force", readPlaces),
  "prices-proposals": ofPrices("price-proposals", readProposals),
  "prices-rates": ofPrices("exchange-rates", readRates),
  projects: of("/projects", ofPeriod("projects", readProjects)),
  rules: of("/teams", whole("team-rules", readRules)),
  runs: of(
    "/sync",
    whole("sync-runs", async (input) => {
      const { runs } = await readSync(input);
      return { view: runs, rows: sortRows(await listRuns(input.ctx, MOST), runs) };
    }),
  ),
  "team-projects": async (input) => {
    const team = teamOf(input);
    const { view, rows } = await readTeamProjects(input, team);
    return { view, name: periodName(`projects-of-team-${team}`, input), named: ["team"], pages: onePage(rows) };
  },
  teams: of("/teams", ofPeriod("teams", readTeams)),
  "unit-days": of("/units", async (input) => {
    const key = unitKeyOf(input.params.unit);
    const { view, rows } = await readUnitDays(input, key);
    return { view, name: periodName(`unit-${key}`, input), named: ["unit"], pages: onePage(rows) };
  }),
  units: of("/units", ofPeriod("unit-costs", readUnits)),
  unassigned: of("/teams", ofPeriod("unassigned", readUnassigned)),
  users: of("/users", ofPeriod("users", readUsers)),
  workloads: of("/workloads", async (input) => {
    const { view, query } = await readWorkloads(input);
    return { view, name: periodName("workloads", input), pages: inPages(eachWorkload(input.ctx, query)) };
  }),
};
