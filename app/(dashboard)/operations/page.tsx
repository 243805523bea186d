import type { Metadata } from "next";
import { ChangesSince } from "@/app/(dashboard)/changes-since.tsx";
import { FirstSteps } from "@/app/(dashboard)/first-steps.tsx";
import { Connections } from "@/app/(dashboard)/sync/connections.tsx";
import { type Waiting, WaitingList } from "@/app/(dashboard)/waiting.tsx";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { plural } from "@/components/format.ts";
import { href, TRAVELLING } from "@/components/href.ts";
import { PageHeader, Section } from "@/components/page-header.tsx";
import { listConnections } from "@/lib/connections/index.ts";
import { env } from "@/lib/env.ts";
import { loadOperations, type OperationCounts, type Operations } from "@/lib/pages/home/operations.ts";
import { DataCalendar } from "./data-calendar.tsx";
import { OperationKpis, PriceHoles, UnassignedSpend } from "./parts.tsx";

export const metadata: Metadata = { title: "Operations" };

/** The first page of administrators: is the data complete, do prices and rules cover it, and what waits for a decision. */
export default async function OperationsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/operations");
  const { ctx, now, zone, billingZone } = input;
  input.address.only(TRAVELLING);
  const page = await loadOperations(ctx);
  if (page.clusters.length === 0) return <FirstSteps sync={page.health} title="Operations" />;
  const { currency } = ctx.ledger;
  return (
    <>
      <PageHeader title="Operations" notice={input.notice}>
        Whether the data is complete, prices and rules cover it, and people can work.
      </PageHeader>
      <OperationKpis page={page} currency={currency} now={now} />
      <Section title="What needs a decision">
        <WaitingList items={waitingOf(page)} empty="Nothing waits for an administrator." />
      </Section>
      <div className="mt-10">
        <DataCalendar clusters={page.clusters} />
      </div>
      <div className="mt-10 grid grid-cols-1 gap-x-12 gap-y-10 xl:grid-cols-2">
        <UnassignedSpend page={page} currency={currency} />
        <PriceHoles page={page} />
      </div>
      <div className="mt-10">
        <Connections connections={await listConnections(ctx, env())} windows={[]} zone={zone} mayOperate />
      </div>
      <ChangesSince changes={page.changes} zone={zone} billingZone={billingZone} now={now} />
    </>
  );
}

type Rule = readonly [
  key: keyof OperationCounts,
  weight: Waiting["weight"],
  title: (n: number) => string,
  to: string,
  act: string,
];

/** What a count that is not 0 asks for. */
const RULES: readonly Rule[] = [
  ["proposals", "soon", (n) => `${plural(n, "price proposal")} to decide`, "/prices", "Decide"],
  [
    "disputedFindings",
    "soon",
    (n) => `${plural(n, "finding")} disputed by owners`,
    "/findings?group=all&state=disputed",
    "Answer",
  ],
  ["firingAlerts", "soon", (n) => `${plural(n, "alert")} nobody has acknowledged`, "/alerts", "Look"],
  [
    "deadMessages",
    "blocks",
    (n) => `${plural(n, "alert message")} could not be delivered`,
    "/alerts/messages?state=dead",
    "Send again",
  ],
  ["dueDays", "know", (n) => `${plural(n, "day")} to charge again; the next sync does it`, "/sync", "Look"],
  ["openGaps", "know", (n) => `${plural(n, "open gap")}, retried automatically`, "/sync?status=open", "Look"],
  [
    "peopleWithoutRole",
    "soon",
    (n) => `${n === 1 ? "1 person has" : `${n} people have`} no role`,
    "/people",
    "Assign roles",
  ],
  [
    "neverSignedIn",
    "know",
    (n) => `${n === 1 ? "1 person has" : `${n} people have`} never signed in`,
    "/people",
    "Look",
  ],
  [
    "unknownSubmitters",
    "know",
    (n) => `${plural(n, "submitter")} without a person: they have no page of their own workloads`,
    "/people",
    "Add people",
  ],
  [
    "tokensEnding",
    "soon",
    (n) => `${plural(n, "token")} ${n === 1 ? "expires" : "expire"} within 14 days`,
    "/people#tokens",
    "Look",
  ],
];

function waitingOf({ counts, health, holes, clusters, unassignedMicros }: Operations): Waiting[] {
  const out: Waiting[] = RULES.flatMap(([key, weight, title, to, act]) =>
    counts[key] > 0 ? [{ key, weight, title: title(counts[key]), to, act }] : [],
  );
  if (health.lastRun?.status === "failed")
    out.push({
      ...{ key: "sync", weight: "blocks", title: "The last sync failed.", to: "/sync", act: "Look" },
      detail: health.lastRun.error.slice(0, 300),
    });
  if (holes.length > 0)
    out.push({
      ...{ key: "holes", weight: "blocks", to: "/prices/propose", act: "Propose prices" },
      ...{
        title: `${plural(holes.length, "thing")} used without a price.`,
        detail: "It blocks the close of the period.",
      },
    });
  if (unassignedMicros > 0)
    out.push({
      ...{ key: "unassigned", weight: "soon", to: "/teams", act: "Create rules" },
      title: "Spend of this month that no rule assigns to a team",
    });
  const missing = clusters.flatMap((c) =>
    c.days.filter((d) => !d.metered).map((d) => ({ cluster: c.cluster, day: d.day })),
  );
  if (missing.length > 0)
    out.push({
      ...{ key: "missing", weight: "soon", to: href("/sync", {}), act: "Backfill" },
      title: `${plural(missing.length, "day")} of the last weeks never metered`,
    });
  return out;
}
