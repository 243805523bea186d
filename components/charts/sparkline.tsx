const WIDTH = 80;
const HEIGHT = 18;
/** Above and below, so that the line is not cut. */
const EDGE = 2;

/**
 * A line without axes beside a figure, from 0 up to its highest value: how it came about. Drawn by the server. Null is a gap.
 * @param label what it shows, for screen readers and on hover.
 */
export function Sparkline({ values, label }: { values: readonly (number | null)[]; label: string }) {
  const known = values.filter((v) => v !== null);
  if (known.length < 2) return null;
  const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)];
  if (high === low) return null;
  const x = (i: number) => EDGE + ((WIDTH - 2 * EDGE) * i) / Math.max(1, values.length - 1);
  const y = (v: number) => HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * (v - low)) / (high - low);
  const place = (i: number, v: number) => `${+x(i).toFixed(1)} ${+y(v).toFixed(1)}`;
  const line = values
    .map((v, i) => (v === null ? "" : `${typeof values[i - 1] === "number" ? "L" : "M"}${place(i, v)}`))
    .join("");
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={label}
      className="spark"
    >
      <path d={line} />
    </svg>
  );
}
