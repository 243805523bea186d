import { PERSONAS } from "@/app/(auth)/sign-in/demo-personas.ts";
import { withCtx } from "@/cli/open.ts";
import { changeRules } from "@/lib/attribution/rule-changes.ts";
import { createTeam } from "@/lib/attribution/team-changes.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { findUserByEmail } from "@/lib/auth/user-store.ts";
import { addUser, type NewUserInput } from "@/lib/auth/users.ts";
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
/** The team of the manager and the engineer of the demo, and the name that the engineer submits under. */
const DEMO_TEAM = "Research";
const DEMO_ENGINEER = "ada@example.com";
/** Its department is nobody's team: Unassigned has something to show. */
const UNASSIGNED = "platform";

async function prices(ctx: Ctx): Promise<void> {
  const as = (id: string): Ctx => ({ ...ctx, viewer: jobViewer(id) });
  if ((await loadPriceBook(ctx.db, money.currency)).prices.length > 0) return;
  const drafts = PRICES.map(([match, unitPrice], i) => ({
    ...{ line: i + 1, kind: "gpu", match, cluster: "", priceClass: "", unitPrice, currency: "" },
    ...{ effectiveFrom: dateOfKey(fromDay), origin: { type: "entered", note: "made up for the demo" } as const },
  }));
  const { id } = await proposePrices(as("finance@demo.example"), { title: "First price book", drafts }, money);
  await approvePrices(as("admin@demo.example"), { id, reason: "agreed for the demo" });
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

/** One person for each role, and the colleague whose workloads the engineer's are. */
async function people(ctx: Ctx): Promise<void> {
  const research = (await listTeams(ctx.db)).find((t) => t.name === DEMO_TEAM)?.key ?? 0;
  const roles: Readonly<Record<string, NewUserInput["grants"][number]>> = {
    "admin@demo.example": { role: "admin" },
    "finance@demo.example": { role: "finance" },
    "manager@demo.example": { role: "manager", teamKey: research },
    "engineer@demo.example": { role: "engineer", teamKey: research },
  };
  for (const { email, label } of PERSONAS) {
    if (await findUserByEmail(ctx.db, email)) continue;
    const submitters = email.startsWith("engineer") ? [DEMO_ENGINEER] : [];
    await addUser(ctx, { email, name: `Demo ${label.toLowerCase()}`, grants: [roles[email] as never], submitters });
  }
}

await withCtx({ mustExist: true }, async (ctx) => {
  const acting = { ...ctx, viewer: jobViewer("demo") };
  await teams(acting);
  await people(acting);
  await prices(acting);
});
