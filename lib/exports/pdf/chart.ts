import type { CanvasElement, Content } from "pdfmake/interfaces";
import { formatDigits } from "@/lib/format.ts";
import { minorDigits } from "@/lib/money.ts";
import type { AmountPoint } from "@/lib/statements/types.ts";
import { LATIN } from "./fonts.ts";
import { ACCENT, ACCENT_SOFT, FAINT, LINE, SMALL, SOFT } from "./style.ts";

interface Chart {
  readonly title: string;
  readonly points: readonly AmountPoint[];
  /** What stands below a bar; empty: nothing. */
  readonly tick: (label: string, i: number) => string;
  readonly width: number;
  readonly height: number;
  readonly currency: string;
  /** The last bar stands out. */
  readonly latest?: boolean;
}

const TOP = 6;
const BOTTOM = 12;
const AXIS = 34;

/** A round step so that at most four lines reach from the lowest to the highest amount. */
export function stepOf(span: number): number {
  const rough = span / 3;
  const size = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 2.5, 5, 10].map((n) => n * size).find((n) => n >= rough) as number;
}

/** An amount as an axis says it: `12k`, `1.5M`. */
export function axisText(amount: number, currency: string): string {
  const size = Math.abs(amount);
  const text = (value: number, decimals: number) => formatDigits(String(Number(value.toFixed(decimals))));
  if (size >= 1e6) return `${text(amount / 1e6, 2)}M`;
  if (size >= 1e4) return `${text(amount / 1e3, 1)}k`;
  return text(amount, size >= 10 ? 1 : Math.max(2, minorDigits(currency)));
}

/** A small word at a place in the chart: from `x`, before it, or around it. */
function word(text: string, x: number, y: number, alignment: "right" | "center", color = FAINT): Content {
  const width = 40;
  const left = alignment === "right" ? x - width : x - width / 2;
  return {
    columns: [{ width, text, font: LATIN, fontSize: 6, color, alignment, noWrap: true }],
    relativePosition: { x: left, y },
  };
}

/** Amounts as bars from zero. What is not known is an empty place with a question mark, never a bar of zero. */
export function barChart(chart: Chart): Content {
  const { title, points, tick, width, height, currency, latest = false } = chart;
  const known = points.flatMap((p) => (p.amountMicros === null ? [] : [p.amountMicros / 1e6]));
  const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)];
  const step = stepOf(high - low || 1);
  const [floor, ceiling] = [Math.floor(low / step) * step, Math.max(step, Math.ceil(high / step) * step)];
  const y = (amount: number) => TOP + ((ceiling - amount) / (ceiling - floor)) * (height - TOP - BOTTOM);
  const place = (width - AXIS) / Math.max(1, points.length);
  const vectors: CanvasElement[] = [];
  const words: Content[] = [];
  for (let i = 0; i <= Math.round((ceiling - floor) / step); i++) {
    const amount = floor + i * step;
    const zero = Math.abs(amount) < step / 2;
    const line = { x1: AXIS, x2: width, y1: y(amount), y2: y(amount), lineColor: zero ? SOFT : LINE };
    vectors.push({ type: "line", ...line, lineWidth: zero ? 0.7 : 0.4 });
    words.push(word(axisText(zero ? 0 : amount, currency), AXIS - 4, y(amount) - 4, "right"));
  }
  const bar = Math.min(place * 0.72, 22);
  points.forEach(({ label, amountMicros }, i) => {
    const middle = AXIS + (i + 0.5) * place;
    const under = tick(label, i);
    if (under) words.push(word(under, middle, height - 10, "center"));
    if (amountMicros === null) {
      words.push(word("?", middle, y(0) - 9, "center", SOFT));
      return;
    }
    const [top, bottom] = [y(Math.max(0, amountMicros / 1e6)), y(Math.min(0, amountMicros / 1e6))];
    const color = latest && i < points.length - 1 ? ACCENT_SOFT : ACCENT;
    vectors.push({ type: "rect", x: middle - bar / 2, y: top, w: bar, h: Math.max(0.3, bottom - top), color });
  });
  // What keeps the chart's height, whatever is drawn in it.
  vectors.push({ type: "line", x1: 0, y1: height, x2: 0, y2: height, lineWidth: 0, lineColor: "#ffffff" });
  const unknown = points.length - known.length;
  const legend = {
    text: `? ${unknown} not known`,
    font: LATIN,
    fontSize: 6,
    color: FAINT,
    alignment: "right" as const,
  };
  return {
    stack: [
      { text: title, font: LATIN, bold: true, fontSize: SMALL + 0.5, color: SOFT },
      ...words,
      { canvas: vectors },
      ...(unknown ? [legend] : []),
    ],
  };
}
