/** What charts over time are drawn from: plain data, the same for the drawing of the server and the one under the pointer. */

export interface BarSeries {
  readonly key: string;
  readonly label: string;
  /** Any SVG paint. */
  readonly paint: string;
}
export interface LineSeries extends BarSeries {
  /** Keeps lines apart without colour. */
  readonly dashed?: boolean;
}
/** One bar: its label (an hour, day or month, see axis.ts), and a value for each series; null is a bar that nobody knows. */
export type BarRow = Readonly<Record<string, number | string | null>> & { readonly label: string };

/** What the same chart came to in the period before: one value for each row; null where that period had none. */
export interface Ghost {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

/** A chart as it is sent for when a pointer arrives. */
export interface PointedChart {
  readonly rows: readonly BarRow[];
  readonly series: readonly LineSeries[];
  readonly unit: string;
  readonly height: number;
  readonly decimals: number;
  readonly ghost?: Ghost | undefined;
  /** The figures of the axis, from the lowest. */
  readonly values: readonly number[];
}

/** `12400` → `12.4k`: for axes, where the table has the exact figure. */
export const compact = (v: number): string =>
  Math.abs(v) >= 1_000_000
    ? `${+(v / 1_000_000).toFixed(1)}M`
    : Math.abs(v) >= 1000
      ? `${+(v / 1000).toFixed(1)}k`
      : Math.abs(v) >= 0.1
        ? `${+v.toFixed(2)}`
        : `${+v.toPrecision(2)}`;

const STEPS = [1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10];
const INTERVALS = 4;

/**
 * The figures of an axis that holds 0 and every value: evenly apart, in round steps, at most four steps above and as many below 0.
 * @returns from the lowest to the highest; 0 and 1 for nothing at all.
 */
export function axisValues(low: number, high: number): number[] {
  const reach = Math.max(high, -low, 0);
  if (reach === 0) return [0, 1];
  const rough = reach / INTERVALS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((s) => s * power >= rough * (1 - 1e-9)) ?? 10) * power;
  const first = Math.floor(Math.min(low, 0) / step + 1e-9);
  const last = Math.ceil(Math.max(high, 0) / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => +((first + i) * step).toPrecision(12));
}

/** How far the stacks of some rows reach: what is below 0 is stacked downwards. */
export function stackReach(rows: readonly BarRow[], series: readonly BarSeries[]): { low: number; high: number } {
  let [low, high] = [0, 0];
  for (const row of rows) {
    let [down, up] = [0, 0];
    for (const { key } of series) {
      const value = row[key];
      if (typeof value !== "number") continue;
      if (value < 0) down += value;
      else up += value;
    }
    low = Math.min(low, down);
    high = Math.max(high, up);
  }
  return { low, high };
}
