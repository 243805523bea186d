import type { ClassAmounts, UsageClass } from "@/lib/classes.ts";
import { percentOf } from "@/lib/units.ts";
import { WithMeaning } from "./class-meaning.tsx";
import { CLASS_ORDER, classFill, classLabel, classLook } from "./classes.ts";
import { formatGpuHours, formatPercent } from "./format.ts";

type Millis = Readonly<ClassAmounts>;

/** The swatch of a class: colour, pattern and, where there is room, its letter. */
export function ClassSwatch({ of, letter = false }: { of: string; letter?: boolean }) {
  const look = classLook(of);
  return (
    <span
      aria-hidden="true"
      className={`inline-grid shrink-0 place-items-center rounded-[3px] ${look.pattern} ${letter ? "size-4 text-[9px] font-bold" : "size-2.5"} ${
        look.ink === "light" ? "text-(--on-dark-fill)" : "text-(--on-light-fill)"
      }`}
      style={{ backgroundColor: classFill(of) }}
    >
      {letter && look.letter}
    </span>
  );
}

export function ClassName({ of }: { of: UsageClass }) {
  return (
    <WithMeaning of={of} className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <ClassSwatch of={of} />
      {classLabel(of)}
    </WithMeaning>
  );
}

/** Shares of a whole by class as one bar. `whole` stretches the bar to a common scale. */
export function ClassBar({ classes, whole, height = "h-2" }: { classes: Millis; whole?: number; height?: string }) {
  const parts = CLASS_ORDER.filter((c) => classes[c] > 0);
  const total = parts.reduce((sum, c) => sum + classes[c], 0);
  if (total === 0) return <span className="text-xs text-faint">nothing in this period</span>;
  const text = parts
    .map((c) => `${classLabel(c)} ${formatGpuHours(classes[c])} GPU-h (${formatPercent(percentOf(classes[c], total))})`)
    .join(", ");
  return (
    <span role="img" aria-label={text} title={text} className={`flex w-full min-w-16 ${height}`}>
      <span
        className="flex h-full gap-px overflow-hidden rounded-[2px]"
        style={{ width: whole ? `${Math.max(1.5, (100 * total) / whole)}%` : "100%" }}
      >
        {parts.map((c) => (
          <span
            key={c}
            className={`h-full ${classLook(c).pattern}`}
            style={{ backgroundColor: classFill(c), flexGrow: classes[c], flexBasis: 0, minWidth: "1px" }}
          />
        ))}
      </span>
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
