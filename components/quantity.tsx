import { exactGpuHours, formatGpuHours, formatPercent, UNKNOWN } from "./format.ts";

/** GPU-hours to read, with the exact figure behind it. Null prints as a dash: unknown is never zero. */
export function GpuHours({ milli, unit = false }: { milli: number | null; unit?: boolean }) {
  if (milli === null) return <Unknown />;
  return (
    <span title={`${exactGpuHours(milli)} GPU-hours`}>
      {formatGpuHours(milli)}
      {unit && <Unit>GPU-h</Unit>}
    </span>
  );
}

/** A percentage; `why` says what it is of. */
export function Percent({ value, why }: { value: number | null; why?: string }) {
  if (value === null) return <Unknown why={why ? `${why}: not known` : undefined} />;
  return <span title={why}>{formatPercent(value)}</span>;
}

export function Unknown({ why = "Not known: no source has said" }: { why?: string | undefined }) {
  return (
    <span title={why} className="text-faint">
      <span aria-hidden="true">{UNKNOWN}</span>
      <span className="sr-only">{why}</span>
    </span>
  );
}

export function Unit({ children }: { children: string }) {
  return <span className="ml-1 text-[0.85em] font-normal text-faint">{children}</span>;
}
