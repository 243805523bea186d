import type { Ctx } from "@/lib/ctx.ts";
import { formatMoment, formatMoney } from "@/lib/format.ts";
import { adviceFor } from "@/lib/insights/findings/commands.ts";
import { listFindings } from "@/lib/insights/findings/load.ts";
import type { FindingRow } from "@/lib/insights/findings/types.ts";
import { ruleOf } from "@/lib/insights/rules/index.ts";
import { MINUTE } from "@/lib/time.ts";
import { type Condition, defineRule } from "./rule.ts";

/** Findings that nobody answered, of one team or (0) all, that cost at least so much; one without a price only where that is 0. */
async function listDear(ctx: Ctx, teamKey: number, threshold: number): Promise<FindingRow[]> {
  const rows = await listFindings(ctx, { live: true, states: ["open"], ...(teamKey ? { teamKey } : {}) });
  return rows.filter(({ costMicros }) => (costMicros ?? 0) >= threshold);
}

/** Each doubling of its cost is one level: a finding that grows is reported again. */
export const levelOf = (costMicros: number, threshold: number): number =>
  Math.max(0, Math.floor(Math.log2(Math.max(1, costMicros) / Math.max(1_000_000, threshold))));

function conditionOf(finding: FindingRow, threshold: number, { currency, zone }: Ctx["ledger"]): Condition {
  const { costMicros, hourMicros, evidence, teamKey, audience, user } = finding;
  const advice = adviceFor(ruleOf(finding.rule), finding);
  const cost = costMicros === null ? null : formatMoney(costMicros, currency);
  return {
    subject: finding.id.slice(0, 200),
    teamKey: audience === "owner" ? teamKey : 0,
    severity: finding.severity === "critical" ? "critical" : finding.severity === "info" ? "info" : "warning",
    level: levelOf(costMicros ?? 0, threshold),
    title: `${finding.ruleTitle}: ${finding.name}${cost ? `, ${cost} so far` : ""}`,
    summary: hourMicros ? `${formatMoney(hourMicros, currency)} an hour at present.` : "It is still open.",
    facts: [
      ...(user ? [{ label: "Submitted by", value: user }] : []),
      ...(finding.project ? [{ label: "Project", value: finding.project }] : []),
      { label: "Since", value: formatMoment(finding.sinceAt, zone) },
      ...evidence.slice(0, 5).map(({ text }) => ({ label: "Evidence", value: text })),
      ...(advice ? [{ label: "Advice", value: advice }] : []),
    ],
    link: `/findings/${finding.id}`,
    owners: audience === "owner" && user ? [user] : [],
  };
}

export const findingOpen = defineRule({
  kind: "finding-open",
  title: "Finding opened or growing",
  help: "A finding, such as an idle workload, has cost at least this and nobody answered it. Its owner hears first; each time its cost doubles, it is reported again.",
  ...{ scope: "both", audience: "admin", severity: "warning", holdSeconds: 0, repeatSeconds: 0 },
  everySeconds: 5 * MINUTE,
  after: ["findings.act", "findings.decide"],
  threshold: { label: "Cost of at least", unit: "money", least: 0, most: 1e15, usual: 50_000_000 },
  sample: (money) => ({
    title: `Idle GPU: train-resnet-7, ${money(86_000_000)} so far`,
    summary: `${money(4_300_000)} an hour at present.`,
    facts: [
      { label: "Submitted by", value: "ada" },
      { label: "Project", value: "vision-train" },
      { label: "Since", value: "20 Nov 2026, 08:00" },
      { label: "Evidence", value: "No use of its GPUs for 20 h." },
      { label: "Advice", value: "Ask its owner, or stop it." },
    ],
    link: "/findings",
  }),
  read: async (ctx, { teamKey, threshold }) =>
    (await listDear(ctx, teamKey, threshold)).map((finding) => conditionOf(finding, threshold, ctx.ledger)),
  async history(ctx, { teamKey, threshold }, { start, end }) {
    const rows = await listFindings(ctx, { from: start, to: end, ...(teamKey ? { teamKey } : {}) });
    return rows
      .filter(({ costMicros, openedAt }) => (costMicros ?? 0) >= threshold && openedAt >= start && openedAt < end)
      .map((finding) => ({ subject: finding.id, at: finding.openedAt, title: `${finding.ruleTitle}: ${finding.name}` }))
      .sort((a, b) => a.at - b.at);
  },
});
