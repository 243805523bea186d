import type { ReactNode } from "react";

/** A line of the chart: values by index of the day; null where it does not run. */
type Values = readonly (number | null)[];

interface Props {
  /** Days of the period, `2026-12-01`, in order. */
  readonly days: readonly string[];
  readonly spent: Values;
  readonly expected: Values;
  readonly lower: Values;
  readonly upper: Values;
  /** The budget of the whole period; null: no budget. */
  readonly budget: number | null;
  /** Indexes of the days on which the budget is expected to be passed: first, middle, last. */
  readonly breach: {
    readonly from: number;
    readonly middle: number;
    readonly through: number;
    readonly label: string;
  } | null;
  /** Earlier forecasts, as thin lines. */
  readonly past: readonly Values[];
  readonly print: (value: number) => string;
}

const HEIGHT = 240;
/** Of the plot; shapes are stretched to the width of the page, texts are not. */
const [WIDE, HIGH] = [1000, 1000];

/**
 * What is spent and expected over a period, against its budget: drawn on the server, as wide as the page. The band holds the end in
 * four of five cases.
 */
export function BurnDown({ days, spent, expected, lower, upper, budget, breach, past, print }: Props) {
  const most = Math.max(1, budget ?? 0, ...[...spent, ...upper].map((v) => v ?? 0)) * 1.08;
  const x = (i: number) => ((i + 1) / days.length) * WIDE;
  const y = (value: number) => HIGH - (value / most) * HIGH;
  const path = (values: Values) =>
    values.flatMap((v, i) => (v === null ? [] : [`${x(i).toFixed(1)},${y(v).toFixed(1)}`])).join(" ");
  const band = [
    ...upper.flatMap((v, i) => (v === null ? [] : [`${x(i).toFixed(1)},${y(v).toFixed(1)}`])),
    ...lower.flatMap((v, i) => (v === null ? [] : [`${x(i).toFixed(1)},${y(v).toFixed(1)}`])).reverse(),
  ].join(" ");
  const line = { fill: "none", vectorEffect: "non-scaling-stroke" as const };
  return (
    <div className="relative" style={{ height: HEIGHT + 22 }} aria-hidden="true">
      <svg
        viewBox={`0 0 ${WIDE} ${HIGH}`}
        preserveAspectRatio="none"
        width="100%"
        height={HEIGHT}
        className="block overflow-visible"
      >
        <title>Spent and expected</title>
        {[0.25, 0.5, 0.75, 1].map((share) => (
          <line
            key={share}
            x1={0}
            x2={WIDE}
            y1={HIGH * (1 - share)}
            y2={HIGH * (1 - share)}
            stroke="var(--line)"
            {...line}
          />
        ))}
        <line x1={0} x2={WIDE} y1={HIGH} y2={HIGH} stroke="var(--line-strong)" {...line} />
        {breach && (
          <rect
            x={x(breach.from - 1)}
            width={Math.max(x(breach.through) - x(breach.from - 1), 4)}
            y={0}
            height={HIGH}
            fill="var(--bad)"
            opacity={0.1}
          />
        )}
        <polygon points={band} fill="var(--accent)" opacity={0.16} />
        {past.map((values) => (
          <polyline
            key={path(values)}
            points={path(values)}
            stroke="var(--ink-faint)"
            strokeWidth={1}
            opacity={0.7}
            {...line}
          />
        ))}
        {budget !== null && (
          <>
            <line
              x1={0}
              x2={WIDE}
              y1={HIGH}
              y2={y(budget)}
              stroke="var(--line-strong)"
              strokeDasharray="2 4"
              {...line}
            />
            <line x1={0} x2={WIDE} y1={y(budget)} y2={y(budget)} stroke="var(--bad)" strokeWidth={1.5} {...line} />
          </>
        )}
        {breach && (
          <line
            x1={x(breach.middle)}
            x2={x(breach.middle)}
            y1={0}
            y2={HIGH}
            stroke="var(--bad)"
            strokeDasharray="4 3"
            {...line}
          />
        )}
        <polyline points={path(expected)} stroke="var(--accent)" strokeWidth={2} strokeDasharray="6 4" {...line} />
        <polyline points={path(spent)} stroke="var(--accent)" strokeWidth={2.5} {...line} />
      </svg>
      {budget !== null && (
        <Label top={y(budget) / HIGH} left={0}>
          Budget {print(budget)}
        </Label>
      )}
      {breach && (
        <Label top={0} left={x(breach.middle) / WIDE} bad>
          {breach.label}
        </Label>
      )}
      <div className="flex justify-between pt-1 text-2xs text-faint">
        <span>{days[0]}</span>
        <span>{days[Math.floor(days.length / 2)]}</span>
        <span>{days.at(-1)}</span>
      </div>
    </div>
  );
}

/** A text at a place of the plot; on its right half it ends there. */
function Label({
  top,
  left,
  bad = false,
  children,
}: {
  top: number;
  left: number;
  bad?: boolean;
  children: ReactNode;
}) {
  const place = left > 0.5 ? { right: `${100 * (1 - left)}%` } : { left: `${100 * left}%` };
  return (
    <span
      className={`absolute px-1 text-xs whitespace-nowrap ${bad ? "text-bad" : "text-soft"}`}
      style={{ ...place, top: Math.max(0, top * HEIGHT - 18) }}
    >
      {children}
    </span>
  );
}
