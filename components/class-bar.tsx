import type { CSSProperties } from "react";
import { type ClassAmounts, isClass, type UsageClass } from "@/lib/classes.ts";
import { percentOf } from "@/lib/units.ts";
import { WithMeaning } from "./class-meaning.tsx";
import { CLASS_ORDER, classFill, classLabel, classLook } from "./classes.ts";
import { formatGpuHours, formatPercent } from "./format.ts";

type Millis = Readonly<ClassAmounts>;

/** A class of another version has no name in the style sheet: it brings its colour. */
export const fillOf = (name: string): CSSProperties | undefined =>
  isClass(name) ? undefined : ({ "--fill": classFill(name) } as CSSProperties);

/** The swatch of a class: colour, pattern and, where there is room, its letter. */
export function ClassSwatch({ of, letter = false }: { of: string; letter?: boolean }) {
  const { ink, letter: sign } = classLook(of);
  return (
    <span
      aria-hidden="true"
      style={fillOf(of)}
      className={`fill c-${of} inline-grid shrink-0 place-items-center rounded-[3px] ${letter ? "size-4 text-[9px] font-bold" : "size-2.5"} ${
        ink === "light" ? "text-(--on-dark-fill)" : "text-(--on-light-fill)"
      }`}
    >
      {letter && sign}
    </span>
  );
}

export function ClassName({ of }: { of: UsageClass }) {
  return (
    <WithMeaning of={of} className={`swatch-of c-${of}`}>
      {classLabel(of)}
    </WithMeaning>
  );
}

interface ClassBarProps {
  readonly classes: Millis;
  /** Stretches the bar to a common scale. */
  readonly whole?: number;
  /** In rem. */
  readonly height?: number;
}

/** Shares of a whole by class as one bar. */
export function ClassBar({ classes, whole, height }: ClassBarProps) {
  const parts = CLASS_ORDER.filter((c) => classes[c] > 0);
  const total = parts.reduce((sum, c) => sum + classes[c], 0);
  if (total === 0) return <span className="text-xs text-faint">nothing in this period</span>;
  const text = parts
    .map((c) => `${classLabel(c)} ${formatGpuHours(classes[c])} GPU-h (${formatPercent(percentOf(classes[c], total))})`)
    .join(", ");
  const width = whole && `${Math.max(1.5, (100 * total) / whole).toFixed(2)}%`;
  return (
    <span role="img" title={text} className="classes" style={{ width, height: height && `${height}rem` }}>
      {parts.map((c) => (
        <i
          key={c}
          className={`c-${c}`}
          style={{ "--n": Math.max(1, Math.round((1000 * classes[c]) / total)) } as CSSProperties}
        />
      ))}
    </span>
  );
}

/** What the colours mean; only the classes given. */
export function ClassLegend({ of }: { of: readonly UsageClass[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-soft">
      {CLASS_ORDER.filter((c) => of.includes(c)).map((c) => (
        <li key={c}>
          <ClassName of={c} />
        </li>
      ))}
    </ul>
  );
}
