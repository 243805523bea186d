import { sumExactly } from "@/lib/money.ts";
import { confidenceOf, coverageOf, knownMicros, savingOf } from "./need.ts";
import { downsize } from "./rules/downsize.ts";
import { fraction, shareOf } from "./rules/fraction.ts";
import { smallerCard } from "./rules/smaller-card.ts";
import { spot } from "./rules/spot.ts";
import { terminate } from "./rules/terminate.ts";
import { upsize } from "./rules/upsize.ts";
import { type Advice, CONFIDENCES, type Offer, type Recommendation, type SizeRule, type Use } from "./types.ts";

const RULES: readonly SizeRule[] = [terminate, downsize, smallerCard, fraction, spot, upsize];

/**
 * One recommendation for each workload and GPU model, the one that saves most; what saves most of all first. A saving is part of
 * what was spent in the time that was looked at, never more, and never a promise for the time to come.
 */
export function recommend(uses: readonly Use[], offers: readonly Offer[]): Recommendation[] {
  const out = uses.flatMap((use) => {
    const confidence = confidenceOf(use);
    if (!confidence) return [];
    const advice = RULES.flatMap((rule) => rule(use, offers) ?? []);
    // What lacks memory is not made smaller.
    const best = advice.find((a) => a.kind === "upsize") ?? mostSaving(advice);
    if (!best || best.savingMicros === 0) return [];
    return [{ ...best, uses: [use], spentMicros: use.spentMicros, coveragePercent: 100 * coverageOf(use), confidence }];
  });
  return consolidate(out).sort(
    (a, b) => (b.savingMicros ?? -1) - (a.savingMicros ?? -1) || keyOf(a) - keyOf(b) || (a.kind < b.kind ? -1 : 1),
  );
}

const keyOf = (r: Recommendation): number => r.uses[0]?.workloadKey ?? 0;

const mostSaving = (advice: readonly Advice[]): Advice | undefined =>
  [...advice].sort((a, b) => (b.savingMicros ?? 0) - (a.savingMicros ?? 0))[0];

/** Services of a project that need parts of cards of one model, together on fewer cards: one recommendation instead of several. */
function consolidate(list: readonly Recommendation[]): Recommendation[] {
  const groupOf = (r: Recommendation): string | null => {
    const [use] = r.uses;
    return r.kind === "fraction" && use?.category === "Deploy" && use.running
      ? JSON.stringify([use.clusterId, use.projectKey, use.gpuModel])
      : null;
  };
  const groups = Map.groupBy(list, groupOf);
  return [...groups].flatMap(([key, own]) => {
    if (key === null || own.length < 2) return own;
    const uses = own.flatMap((r) => r.uses);
    const shares = uses.reduce((sum, u) => sum + (shareOf(u) ?? 1), 0);
    const needed = Math.ceil(shares - 1e-9);
    const held = Math.ceil(uses.reduce((sum, u) => sum + u.allocatedPeakMilli, 0) / 1000);
    const spentMicros = sumExactly(own.map((r) => r.spentMicros));
    if (needed >= held) return own;
    return [
      {
        kind: "consolidate" as const,
        title: `Put ${uses.length} services on ${needed} instead of ${held} cards`,
        evidence: `Together they need ${shares.toFixed(2)} of ${held} cards of this model.`,
        savingMicros: savingOf(sumExactly(uses.map((u) => knownMicros(u))), needed, held),
        ...{ uses, spentMicros, coveragePercent: Math.min(...own.map((r) => r.coveragePercent)) },
        confidence: CONFIDENCES.findLast((c) => own.some((r) => r.confidence === c)) ?? "low",
      },
    ];
  });
}
