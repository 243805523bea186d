import type { Series } from "@/lib/forecast/types.ts";
import { DETECTORS } from "../detectors.ts";
import type { Floors } from "../floors.ts";
import { type Measured, measureDetector, SIZES, thresholdFor } from "./measure.ts";
import { PREDECESSORS } from "./predecessors.ts";

/** Alarms per series and month at which detectors are compared. */
export const TARGET = 1;

/** Every detector at one alarm per series and month, then at its own threshold, the last as the product uses it. */
export interface Comparison {
  readonly equal: readonly Measured[];
  readonly own: readonly Measured[];
  readonly product: Measured;
}

/** @param floors the amount in the unit of the series. */
export function compareDetectors(list: readonly Series[], floors: Floors): Comparison {
  const measured = [...DETECTORS, ...PREDECESSORS].map((d) => {
    const { threshold } = d;
    return measureDetector(list, d, [
      { threshold: thresholdFor(list, d, TARGET) },
      { threshold },
      { threshold, floors },
    ]);
  });
  const variant = (i: number) => measured.flatMap((m) => m[i] ?? []);
  const [product] = variant(2);
  if (!product) throw new Error("There is no detector");
  return { equal: variant(0), own: variant(1), product };
}

const percent = (part: number, whole: number): string => (whole > 0 ? `${Math.round((100 * part) / whole)}` : "–");
const sizeText = (size: number): string => `${size > 0 ? "+" : "−"}${Math.abs(100 * size)} %`;

/** The comparison as a table of Markdown: recall / precision in per cent for each size. */
export function comparisonTable({ equal, own, product }: Comparison): string {
  const row = (title: string, m: Measured): string[] => [
    title,
    Number.isFinite(m.threshold) ? m.threshold.toFixed(2) : "–",
    m.alarmsAMonth.toFixed(2),
    ...m.bySize.map((s) => `${percent(s.found, s.injected)} / ${percent(s.found, s.found + s.falseAlarms)}`),
  ];
  const lines = [
    ["**At one alarm per series and month**", "", "", ...SIZES.map(() => "")],
    ...equal.map((m) => row(m.detector.title, m)),
    ["**At its own threshold**", "", "", ...SIZES.map(() => "")],
    ...own.map((m) => row(m.detector.title, m)),
    row(`**As the product: ${product.detector.title.toLowerCase()}, with floors**`, product),
  ];
  const head = ["Detector", "Threshold", "Alarms a month", ...SIZES.map(sizeText)];
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
