import { PLATFORM_TEAM, UNASSIGNED_TEAM } from "@/lib/attribution/types.ts";
import { counted } from "@/lib/format.ts";
import { formatMinor, formatQuantity, type Sku } from "@/lib/money.ts";
import type { PeriodView } from "@/lib/periods/period.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { dateOfKey, formatInstant, formatSeconds, type Instant } from "@/lib/time.ts";

/** Something to settle before a period is closed. */
export interface OpenItem {
  /** What an override names: `gaps`, `unpriced:NVIDIA-H100-80GB-HBM3` … */
  readonly key: string;
  /** `must`: it must be resolved. `may`: it blocks until it is resolved or overridden with a reason. `warn`: it does not block. */
  readonly weight: "must" | "may" | "warn";
  readonly title: string;
  readonly detail: string;
  /** Where it is resolved. */
  readonly href: string;
}

/** What is known of a period that bears on its close. */
export interface PeriodFacts {
  readonly view: PeriodView;
  readonly now: Instant;
  /** Earlier periods that are not closed. */
  readonly before: readonly string[];
  /** Days whose charges are not of what there is now, and those that nobody metered although metering had begun. */
  readonly dueDays: number;
  readonly missingDays: readonly number[];
  /** Days of closed periods that changed and have not been looked at. */
  readonly uncorrectedDays: number;
  readonly dueBuckets: number;
  readonly openGaps: { readonly count: number; readonly seconds: number };
  readonly knownGaps: { readonly count: number; readonly seconds: number };
  readonly unpriced: readonly { readonly what: string; readonly sku: Sku; readonly quantity: number }[];
  readonly overlap: readonly { readonly cluster: string; readonly gpuModel: string; readonly milli: number }[];
  readonly notMetered: number;
  readonly disputes: readonly { readonly team: string; readonly teamKey: number; readonly count: number }[];
  readonly statements: readonly Statement[];
}

/** Everything to settle, what must be resolved first. Items whose facts are 0 are left out. */
export function openItems(facts: PeriodFacts): OpenItem[] {
  return [...musts(facts), ...mays(facts), ...disputes(facts), ...warnings(facts)];
}

function musts({ view, now, before, dueDays, uncorrectedDays }: PeriodFacts): OpenItem[] {
  const { period } = view;
  const sync = "/sync";
  const out: OpenItem[] = [];
  const must = (key: string, title: string, detail: string, href: string) =>
    out.push({ key, weight: "must", title, detail, href });
  if (now < period.end)
    must(
      "running",
      "The period is not over",
      `It ends at ${formatInstant(period.end)}.`,
      `/statements?of=${period.id}`,
    );
  if (before.length)
    must(
      "previous",
      "An earlier period is not closed",
      `Close ${before.join(", ")} first: numbers and hashes go on from one to the next.`,
      `/statements/close?of=${before[0]}`,
    );
  if (dueDays > 0)
    must(
      "uncharged",
      `${counted(dueDays, "day")} not charged`,
      "They were metered, or prices, teams or policies changed, since they were charged. A running server charges them after each sync; so does: ledger charge",
      sync,
    );
  if (uncorrectedDays > 0)
    must(
      "uncorrected",
      `${counted(uncorrectedDays, "closed day")} changed`,
      "Days of closed periods changed, and the difference is not calculated yet. A running server does it after each sync; so does: ledger charge",
      sync,
    );
  return out;
}

function mays(facts: PeriodFacts): OpenItem[] {
  const { view, now, missingDays, dueBuckets, openGaps, unpriced, overlap, notMetered } = facts;
  const out: OpenItem[] = [];
  const may = (key: string, title: string, detail: string, href: string) =>
    out.push({ key, weight: "may", title, detail, href });
  if (now >= view.period.end && now < view.graceUntil)
    may("grace", "Late data may still come", `The grace days end at ${formatInstant(view.graceUntil)}.`, "/sync");
  const [first, last] = [missingDays[0], missingDays.at(-1)];
  if (first && last)
    may(
      "missing-days",
      `${counted(missingDays.length, "day")} never metered`,
      `From ${dateOfKey(first)} to ${dateOfKey(last)}: backfill them, or nobody is charged for them.`,
      `/sync?backfillFrom=${dateOfKey(first)}&backfillTo=${dateOfKey(last)}`,
    );
  if (dueBuckets > 0)
    may(
      "due-buckets",
      `${counted(dueBuckets, "bucket")} to meter`,
      "Facts or samples of them changed. The next sync meters them; so does: ledger meter",
      "/sync",
    );
  if (openGaps.count > 0)
    may(
      "gaps",
      `${counted(openGaps.count, "open gap")}`,
      `${formatSeconds(openGaps.seconds)} of samples are missing and are retried. Holders of GPUs are charged anyway; what was idle may change.`,
      "/sync?status=open",
    );
  for (const { what, sku, quantity } of unpriced)
    may(
      `unpriced:${what}`,
      `No price for ${what}`,
      `${formatQuantity(quantity, sku, 2)} ${sku === "gpu" ? "GPU-hours" : sku === "cpu" ? "core-hours" : "GiB-hours"} are charged to nobody. Propose and approve a price from the first of these days on.`,
      "/prices",
    );
  for (const { cluster, gpuModel, milli } of overlap)
    may(
      `overlap:${cluster}/${gpuModel}`,
      `More held than there is: ${gpuModel} on ${cluster}`,
      `${formatQuantity(milli, "gpu", 2)} GPU-hours of overlap: workloads that hold the same card at once.`,
      "/reports/capacity",
    );
  if (notMetered > 0)
    may(
      "not-metered",
      `${counted(notMetered, "bucket")} could not be metered again`,
      "Facts changed after their samples were gone. Their figures stand as they were metered first.",
      "/sync",
    );
  return out;
}

const disputes = ({ view, disputes: list }: PeriodFacts): OpenItem[] =>
  list.map(({ team, teamKey, count: n }) => ({
    key: `dispute:${team}`,
    weight: "may",
    title: `${team} disputes ${counted(n, "line")}`,
    detail: "Answer it, with a credit or debit where it is right.",
    href: `/statements/${view.period.id}/${teamKey}#reviews`,
  }));

function warnings({ knownGaps, statements, view }: PeriodFacts): OpenItem[] {
  const out: OpenItem[] = [];
  const warn = (key: string, title: string, detail: string, href: string) =>
    out.push({ key, weight: "warn", title, detail, href });
  if (knownGaps.count > 0)
    warn(
      "known-gaps",
      `${counted(knownGaps.count, "gap")} that no source can fill`,
      `${formatSeconds(knownGaps.seconds)} of samples; coverage on each statement says how much it concerns.`,
      "/sync?status=known",
    );
  const unassigned = statements.find((s) => s.header.team.key === UNASSIGNED_TEAM)?.header;
  if (unassigned && unassigned.totalMicros !== 0)
    warn(
      "unassigned",
      "Usage that no team's rule takes",
      `${formatMinor(unassigned.roundedMicros, unassigned.currency)} ${unassigned.currency} are Unassigned.`,
      "/teams",
    );
  const bare = statements.filter(
    ({ header: { team, roundedMicros } }) =>
      team.key !== PLATFORM_TEAM && roundedMicros !== 0 && !(team.costCentre && team.glAccount),
  );
  if (bare.length)
    warn(
      "accounts",
      `${counted(bare.length, "team")} without cost centre or account`,
      `${bare.map((s) => s.header.team.name).join(", ")}: their entries in the journal lack it.`,
      "/teams",
    );
  if (statements.length === 0)
    warn("empty", "Nothing is charged", "No statement would be made.", `/statements?of=${view.period.id}`);
  return out;
}

/** What of them still blocks, after these were let pass. */
export const blocking = (items: readonly OpenItem[], passed: readonly { item: string }[]): OpenItem[] =>
  items.filter((i) => i.weight === "must" || (i.weight === "may" && !passed.some((o) => o.item === i.key)));
