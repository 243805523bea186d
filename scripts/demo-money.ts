import { withCtx } from "@/cli/open.ts";
import { changeRules } from "@/lib/attribution/rule-changes.ts";
import { createTeam } from "@/lib/attribution/team-changes.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { type Ctx, jobViewer } from "@/lib/ctx.ts";
import { approvePrices } from "@/lib/pricing/price-changes.ts";
import { loadPriceBook } from "@/lib/pricing/price-store.ts";
import { proposePrices } from "@/lib/pricing/propose.ts";
import { dateOfKey } from "@/lib/time.ts";
import { DEMO_DEPARTMENTS } from "@/simulator/scenarios/demo-org.ts";

/** The demo's price book and teams, by the same verbs as a person's; done once. `node --import ./scripts/typescript.mjs scripts/demo-money.ts YYYYMMDD`: from which day on. */
const fromDay = Number(process.argv[2]);
const money = { currency: "USD", billingTimeZone: "UTC" };

/** For one GPU and hour: of the size of what clouds ask on demand. */
const PRICES = [
  ["H100 80GB", "2.99"],
  ["A100 80GB", "1.79"],
  ["L40S", "0.99"],
] as const;
/** Its department is nobody's team: Unassigned has something to show. */
const UNASSIGNED = "platform";

async function prices(ctx: Ctx): Promise<void> {
  if ((await loadPriceBook(ctx.db, money.currency)).prices.length > 0) return;
  const drafts = PRICES.map(([match, unitPrice], i) => ({
    ...{ line: i + 1, kind: "gpu", match, cluster: "", priceClass: "", unitPrice, currency: "" },
    ...{ effectiveFrom: dateOfKey(fromDay), origin: { type: "entered", note: "made up for the demo" } as const },
  }));
  const { id } = await proposePrices(ctx, { title: "First price book", by: "Priya (finance)", drafts }, money);
  await approvePrices(ctx, { id, by: "Marta (platform)", reason: "agreed for the demo" });
}

async function teams(ctx: Ctx): Promise<void> {
  const known = new Set((await listTeams(ctx.db)).map((t) => t.name));
  for (const [i, department] of DEMO_DEPARTMENTS.filter((d) => d !== UNASSIGNED).entries()) {
    const name = department.replace(/^./, (c) => c.toUpperCase()).replace("-", " ");
    if (known.has(name)) continue;
    const booking = { costCentre: `CC-${7100 + 10 * i}`, glAccount: "6410", owner: `${department}-lead@example.com` };
    const team = await createTeam(ctx, { name, ...booking });
    const rule = { kind: "department" as const, pattern: department, teamKey: team.key, fromDay };
    await changeRules(ctx, { act: "add", rule });
  }
}

await withCtx({ mustExist: true }, async (ctx) => {
  const acting = { ...ctx, viewer: jobViewer("demo") };
  await prices(acting);
  await teams(acting);
});
