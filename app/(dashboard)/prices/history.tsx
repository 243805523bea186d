import { formatDay } from "@/components/format.ts";
import { formatNanos } from "@/lib/money.ts";
import type { Price } from "@/lib/pricing/types.ts";

/** Every price that was approved for one thing, the latest first. */
export function History({ all, current }: { all: readonly Price[]; current: Price }) {
  return (
    <details>
      <summary className="underline decoration-line-strong underline-offset-2 hover:text-ink">
        {all.length - 1} before or after it
      </summary>
      <ol className="mt-1 grid gap-0.5 text-soft">
        {all.map((p) => (
          <li key={p.key} className={p.key === current.key ? "font-medium text-ink" : ""}>
            from {formatDay(p.effectiveFrom)}:{" "}
            <span className="tabular-nums">
              {formatNanos(p.unitPriceNanos)} {p.currency}
            </span>
            , v{p.version}
          </li>
        ))}
      </ol>
    </details>
  );
}
