import type { WorkloadView } from "@/lib/insights/cells/view.ts";
import {
  CLEAR,
  cellsOfHours,
  covered,
  GONE,
  lossBy,
  milliOf,
  percentText,
  point,
  UNKNOWN,
  works,
} from "@/lib/insights/rules/measure.ts";
import { defineRule, type Evidence } from "@/lib/insights/rules/rule.ts";
import { cardMemoryMib } from "@/lib/metering/held/card-memory.ts";
import { type MigProfile, migProfileFor } from "./mig-profile.ts";

/** The cheapest model of the ledger whose card holds the memory with a fifth to spare, if it is cheaper than the present one. */
export function cheaperCard(view: WorkloadView, model: string, neededMib: number) {
  const { offers } = view.facts;
  const present = offers.find((o) => o.model === model);
  if (!present || present.hourNanos === 0) return null;
  const fitting = offers
    .filter(
      (o) => o.hourNanos > 0 && o.hourNanos < present.hourNanos && (cardMemoryMib(o.model) ?? 0) >= 1.2 * neededMib,
    )
    .sort((a, b) => a.hourNanos - b.hourNanos || (a.model < b.model ? -1 : 1))[0];
  return fitting ? { model: fitting.model, saved: 1 - fitting.hourNanos / present.hourNanos } : null;
}

/** What would do instead: a cheaper card of the ledger, or a slice of the present one; nothing where neither is known. */
function offerOf(other: ReturnType<typeof cheaperCard>, slice: MigProfile | null): Evidence[] {
  const less = (saved: number) => `would cost ${percentText(100 * saved)} less`;
  if (other) return [point("price", `${other.model} ${less(other.saved)}.`, 100 * other.saved)];
  if (!slice) return [];
  const saved = 1 - slice.share;
  return [point("price", `The MIG profile ${slice.name} of this card ${less(saved)}.`, 100 * saved, null, 0)];
}

export const wrongCard = defineRule({
  slug: "wrong-card",
  version: 2,
  group: "suspicious",
  topic: "waste",
  title: "A smaller card would do",
  meaning: "The workload uses little memory and few of the multiprocessors of a large card.",
  advice: "Run it on the cheaper card or the MIG profile that is named, or ask for a part of a card.",
  severity: "info",
  audience: "owner",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: {
    window_hours: { value: 6, help: "hours that are looked at" },
    card_gib: { value: 40, help: "least memory of a large card, in GiB" },
    memory_percent: { value: 15, help: "largest memory use in percent of the card" },
    sm_percent: { value: 20, help: "highest mean SM activity, or utilisation where SM activity is not measured" },
  },
  closeAfter: 4,
  lookback: (t) => cellsOfHours(t.window_hours),
  judge: (view, end, t) => {
    const held = view.heldIn(end - 1);
    if (!held.length) return GONE;
    const from = end - cellsOfHours(t.window_hours);
    if (from < 0 || view.facts.category === "Deploy") return CLEAR;
    if (held.some((s) => s.facts.milli < 1000 || s.held(from, end) < 0.95 * t.window_hours * 3600)) return CLEAR;
    const model = held[0]?.facts.model ?? "";
    const room = cardMemoryMib(model);
    if (room === null || held.some((s) => !covered(s, from, end, 0.7) || s.sum("memorySeconds", from, end) === 0))
      return UNKNOWN;
    if (room < t.card_gib * 1024) return CLEAR;
    const memory = Math.max(...held.map((s) => s.max("memoryMax", from, end)));
    const work = Math.max(...held.map((s) => s.mean("smSum", "smSeconds", from, end) ?? s.utilisation(from, end) ?? 0));
    const idle = held.some((s) => !works(s, from, end) || s.sum("quiet", from, end) > 0.9 * s.observed(from, end));
    if (idle || (100 * memory) / room >= t.memory_percent || work >= t.sm_percent) return CLEAR;
    const other = cheaperCard(view, model, memory);
    const evidence = [
      point(
        "memory",
        `Uses at most ${(memory / 1024).toFixed(1)} of ${(room / 1024).toFixed(0)} GiB.`,
        (100 * memory) / room,
        t.memory_percent,
        2,
      ),
      point("sm", `SM activity ${percentText(work)} on average.`, work, t.sm_percent),
      ...offerOf(other, migProfileFor(model, memory, work)),
    ];
    return { kind: "fires", evidence, since: from, milli: milliOf(held) };
  },
  lost: (view, index) => {
    const held = view.heldIn(index);
    const memory = Math.max(0, ...held.map((s) => s.max("memoryMax", Math.max(0, index - 24), index + 1)));
    return lossBy(held, (s) => (cheaperCard(view, s.facts.model, memory)?.saved ?? 0) * s.held(index, index + 1));
  },
});
