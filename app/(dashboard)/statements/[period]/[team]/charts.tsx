import type { CSSProperties } from "react";
import { Figure, type Twin } from "@/components/charts/figure.tsx";
import { ClassSwatch, fillOf } from "@/components/class-bar.tsx";
import { formatMoney, formatPercent } from "@/components/format.ts";
import type { Params } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import { counted } from "@/lib/format.ts";
import { sumExactly } from "@/lib/money.ts";
import { paidParts } from "@/lib/statements/class-parts.ts";
import type { AmountPoint, StatementHeader } from "@/lib/statements/types.ts";
import { percentOf } from "@/lib/units.ts";

/** What its money went into, day by day and over twelve periods: drawn without a script, so that they print. */
export function Charts({ header: h, params }: { header: StatementHeader; params: Params }) {
  const path = `/statements/${h.period.id}/${h.team.key}`;
  const present = paidParts(h);
  const total = sumExactly(present.map(({ micros }) => micros));
  return (
    <>
      {total > 0 && (
        <Section title="Cost by class">
          <span aria-hidden="true" className="classes h-3">
            {present.map(({ name, micros }) => (
              <i key={name} className={`c-${name}`} style={{ ...fillOf(name), "--n": micros / 1e6 } as CSSProperties} />
            ))}
          </span>
          <ul className="mt-3 flex flex-wrap gap-x-6 gap-y-1 text-sm">
            {present.map(({ name, label, micros }) => (
              <li key={name} className="flex items-center gap-1.5">
                <ClassSwatch of={name} /> {label}{" "}
                <span className="tabular-nums">{formatMoney(micros, h.currency)}</span>
                <span className="text-xs text-faint">{formatPercent(percentOf(micros, total))}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <div className="mt-10 grid gap-10 lg:grid-cols-2 [&>*]:min-w-0">
        <Bars
          title="Days"
          note="without corrections, which are of no day"
          twin={{ name: "day", path, params }}
          points={h.days}
          currency={h.currency}
          short={(label) => String(Number(label.slice(8)))}
        />
        <Bars
          title="Last periods"
          twin={{ name: "period", path, params }}
          points={h.months}
          currency={h.currency}
          short={(label) => label.slice(2)}
        />
      </div>
    </>
  );
}

interface BarsProps {
  readonly title: string;
  readonly note?: string;
  readonly twin: Twin;
  readonly points: readonly AmountPoint[];
  readonly currency: string;
  readonly short: (label: string) => string;
}

/** Bars with what each is in its title. */
function Bars({ title, note, twin, points, currency, short }: BarsProps) {
  const most = Math.max(1, ...points.map((p) => Math.abs(p.amountMicros ?? 0)));
  const every = Math.max(1, Math.ceil(points.length / 8));
  return (
    <Section title={title} note={note}>
      <Figure
        summary={`${counted(points.length, twin.name)}, at most ${formatMoney(most === 1 ? 0 : most, currency)}.`}
        twin={twin}
        columns={[title, "Amount"]}
        rows={() =>
          points.map((p) => [p.label, p.amountMicros === null ? null : formatMoney(p.amountMicros, currency)])
        }
      >
        <div aria-hidden="true" className="flex h-28 items-end gap-px">
          {points.map((p, i) => (
            <span
              key={p.label}
              title={`${p.label}: ${p.amountMicros === null ? "not known" : formatMoney(p.amountMicros, currency)}`}
              className="flex h-full min-w-0 max-w-12 flex-1 flex-col justify-end"
            >
              <span
                className={
                  p.amountMicros === null
                    ? "block h-full border-b border-dashed border-line-strong"
                    : `block rounded-t-[2px] ${p.amountMicros < 0 ? "bg-warn" : "bg-accent"}`
                }
                style={p.amountMicros === null ? undefined : { height: `${(86 * Math.abs(p.amountMicros)) / most}%` }}
              />
              <span className="h-4 overflow-visible text-center text-2xs whitespace-nowrap text-faint">
                {i % every === 0 ? short(p.label) : ""}
              </span>
            </span>
          ))}
        </div>
      </Figure>
    </Section>
  );
}
