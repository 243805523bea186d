import type { Strip } from "@/lib/pages/types.ts";

const HEIGHT = 26;

/** One metric of one card over time as a filled line; where nothing was observed the strip is hatched, not zero. */
export function StripChart({ strip, top, label }: { strip: Strip; top: number; label: string }) {
  const width = strip.points.length;
  const y = (value: number) => HEIGHT - 1 - (Math.min(value, top) / top) * (HEIGHT - 2);
  const runs = runsOf(strip.points);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="block h-6.5 w-full min-w-32 rounded-[2px] bg-raised"
    >
      <title>{label}</title>
      {runs.map((run) =>
        run.known ? (
          <path
            key={run.from}
            d={`M${run.from} ${HEIGHT}${run.values.map((v, i) => `L${run.from + i} ${y(v).toFixed(1)}L${run.from + i + 1} ${y(v).toFixed(1)}`).join("")}L${run.from + run.values.length} ${HEIGHT}Z`}
            fill="var(--accent)"
            fillOpacity="0.32"
            stroke="var(--accent)"
            strokeWidth="1"
            vectorEffect="non-scaling-stroke"
          />
        ) : (
          <rect
            key={run.from}
            x={run.from}
            y="0"
            width={run.values.length}
            height={HEIGHT}
            fill="url(#class-no-data)"
            fillOpacity="0.35"
          />
        ),
      )}
    </svg>
  );
}

interface Run {
  readonly from: number;
  readonly known: boolean;
  readonly values: number[];
}

/** Neighbouring steps that are known, or unknown, together. */
function runsOf(points: Strip["points"]): Run[] {
  const out: Run[] = [];
  points.forEach(([, mean], i) => {
    const known = mean !== null;
    const last = out.at(-1);
    if (last && last.known === known) last.values.push(mean ?? 0);
    else out.push({ from: i, known, values: [mean ?? 0] });
  });
  return out;
}
