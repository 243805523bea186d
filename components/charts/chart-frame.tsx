import type { ReactNode } from "react";
import { axisTicks } from "./axis.ts";
import { compact } from "./series.ts";

/** Room for the figures at the left, below the last one, and for the labels below; the drawing under the pointer has the same. */
export const FRAME = { left: 46, right: 14, top: 6, bottom: 30 } as const;
/** The inner size of the drawing, stretched to the room that there is: lines keep their width, texts are not in it. */
export const DRAWN = { width: 800, height: 200 } as const;
/** Labels where there is room, and on a narrow screen. */
const MOST_TICKS = { wide: 13, narrow: 5 } as const;

interface FrameProps {
  readonly labels: readonly string[];
  /** The figures of the axis, from the lowest. */
  readonly values: readonly number[];
  readonly height: number;
  /** Paths in DRAWN. */
  readonly children: ReactNode;
}

/** A place on the axis as a part of its length from the top. */
export const downOf = (value: number, values: readonly number[]): number => {
  const [low, high] = [values[0] ?? 0, values.at(-1) ?? 1];
  return (high - value) / (high - low);
};

/** Axes, grid and labels of a chart over time, around what is drawn in it. Needs no script, and prints at the width of the paper. */
export function ChartFrame({ labels, values, height, children }: FrameProps) {
  const grid = values.map((v) => `M0 ${(downOf(v, values) * DRAWN.height).toFixed(1)}H${DRAWN.width}`).join("");
  return (
    <div className="chart" style={{ height }}>
      <div className="chart-values">
        {values.map((v) => (
          <span key={v} style={{ top: `${(100 * downOf(v, values)).toFixed(2)}%` }}>
            {compact(v)}
          </span>
        ))}
      </div>
      <svg
        viewBox={`0 0 ${DRAWN.width} ${DRAWN.height}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        className="chart-drawn"
      >
        <path d={grid} className="chart-grid" />
        {children}
      </svg>
      {(["wide", "narrow"] as const).map((room) => (
        <div key={room} className={`chart-labels chart-${room}`}>
          {axisTicks(labels, MOST_TICKS[room]).map(({ at, text }) => (
            <span key={at} style={{ left: `${((100 * (at + 0.5)) / labels.length).toFixed(2)}%` }}>
              {text}
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}
