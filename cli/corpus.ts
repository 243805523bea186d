import { containerRuns } from "@/lib/insights/evaluate/container-runs.ts";
import { parseRuleSettings, type RuleSettings } from "@/lib/insights/evaluate/settings.ts";
import { type MeasuredCase, rulesThatFind } from "@/lib/insights/measured/case.ts";
import { findsWait, hardwareRulesThatFind } from "@/lib/insights/measured/cluster-case.ts";
import { OTHERS } from "@/lib/insights/measured/others.ts";
import { type Score, scores, type Verdicted } from "@/lib/insights/measured/score.ts";
import { pendingLong } from "@/lib/insights/rules/health/pending-long.ts";
import { HARDWARE_RULES, WORKLOAD_RULES } from "@/lib/insights/rules/index.ts";
import { MINUTE } from "@/lib/time.ts";
import { type CorpusCase, corpus, KNOWN_IMAGES, SEEDS } from "@/simulator/corpus/cases.ts";
import { POOL_CARDS, POOL_NODES, poolCases, waitCases } from "@/simulator/corpus/clusters.ts";

function measured(c: CorpusCase): MeasuredCase {
  const { behaviour } = c;
  return {
    ...{ category: behaviour.category, start: c.start, end: c.end, step: c.step, model: c.model },
    ...{ cards: c.cards, host: c.host, images: c.images, knownImages: KNOWN_IMAGES },
    runs: c.pods.flatMap(({ restarts, ...pod }) => containerRuns(pod, restarts)),
    cpuRequestMilli: behaviour.cores ? behaviour.cores.request * 1000 : null,
    cpuMemoryRequestMib: behaviour.hostGib ? behaviour.hostGib.request * 1024 : null,
    nodeGpus: Object.fromEntries(c.cards.map((card) => [card.node, behaviour.nodeGpus ?? 8])),
  };
}

const truthOf = ({ behaviour }: CorpusCase, rules: readonly string[]): Verdicted["truth"] => {
  if (rules.some((rule) => behaviour.expects.includes(rule))) return "yes";
  return rules.some((rule) => behaviour.may?.includes(rule)) ? "may" : "no";
};

/** Labelled node pools and waits, which rules about hardware and the queue judge. */
function* clusterCases(seeds: keyof typeof SEEDS, settings: RuleSettings) {
  const pool = { model: "NVIDIA-H100-80GB-HBM3", nodes: POOL_NODES, cards: POOL_CARDS };
  const nameOf = (c: { name: string; seed: number; gaps: string }) => `${c.name}, seed ${c.seed}, ${c.gaps}`;
  for (const c of poolCases(SEEDS[seeds])) {
    const held = c.held.map((h) => ({ ...h, start: c.start + h.from * MINUTE, end: c.start + h.until * MINUTE }));
    const fires = hardwareRulesThatFind({ ...pool, ...c, held }, settings);
    yield { name: nameOf(c), fires, expects: c.expects, slugs: HARDWARE_RULES.map((r) => r.slug) };
  }
  for (const c of waitCases(SEEDS[seeds])) {
    const fires = new Set(findsWait(c, settings) ? [pendingLong.slug] : []);
    yield { name: nameOf(c), fires, expects: c.expects, slugs: [pendingLong.slug] };
  }
}

/**
 * Every rule, and the thresholds of other tools, against the labelled behaviours of the simulator.
 * @param seeds `test` is what is reported; `tuning` is for finding thresholds.
 * @param rules FINDING_RULES to try.
 * @param every takes only each so-many-th case.
 */
export function measureRules(
  seeds: keyof typeof SEEDS,
  rules = "",
  every = 1,
): { rules: Score[]; others: Score[]; cases: number; mistakes: string[] } {
  const settings = parseRuleSettings(rules);
  const own: Verdicted[] = [];
  const other: Verdicted[] = [];
  const mistakes: string[] = [];
  let cases = 0;
  let n = 0;
  for (const c of corpus(SEEDS[seeds])) {
    if (n++ % every !== 0) continue;
    cases++;
    const given = measured(c);
    const found = rulesThatFind(given, settings);
    for (const { slug } of WORKLOAD_RULES) {
      const verdict = { detector: slug, fires: found.has(slug), truth: truthOf(c, [slug]) };
      own.push(verdict);
      if (verdict.truth !== "may" && verdict.fires !== (verdict.truth === "yes"))
        mistakes.push(
          `${slug} ${verdict.fires ? "wrong" : "missed"}: ${c.behaviour.name}, seed ${c.seed}, ${c.step} s, ${c.gaps}, ${c.noise}`,
        );
    }
    for (const o of OTHERS) other.push({ detector: o.name, fires: o.fires(given), truth: truthOf(c, o.rules) });
  }
  for (const { name, fires, expects, slugs } of clusterCases(seeds, settings)) {
    if (n++ % every !== 0) continue;
    cases++;
    for (const slug of slugs) {
      const verdict = { detector: slug, fires: fires.has(slug), truth: expects.includes(slug) ? "yes" : "no" } as const;
      own.push(verdict);
      if (verdict.fires !== (verdict.truth === "yes"))
        mistakes.push(`${slug} ${verdict.fires ? "wrong" : "missed"}: ${name}`);
    }
  }
  return { rules: scores(own), others: scores(other), cases, mistakes };
}
