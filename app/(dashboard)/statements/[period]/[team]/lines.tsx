import { Narrow, Table, Td, Th } from "@/components/data-table.tsx";
import { formatPercent, grouped } from "@/components/format.ts";
import { Money } from "@/components/money.tsx";
import { Section } from "@/components/page-header.tsx";
import { formatMicros, formatNanos, formatQuantity, SKUS, sumExactly } from "@/lib/money.ts";
import type { Statement, StatementLine } from "@/lib/statements/types.ts";
import { addDays, dateOfKey } from "@/lib/time.ts";
import { percentOf } from "@/lib/units.ts";

const days = ({ fromDay, untilDay }: StatementLine): string => {
  const [first, last] = [dateOfKey(fromDay), dateOfKey(addDays(untilDay, -1))];
  return first === last ? first : `${first} to ${last}`;
};

/** Every line of a statement, kind by kind, and the rounding line that leads to its total. */
export function Lines({ statement: { lines, header: h } }: { statement: Statement }) {
  const of = (kind: StatementLine["kind"]) => lines.filter((l) => l.kind === kind);
  return (
    <>
      <Usage lines={of("usage")} currency={h.currency} />
      <Amounts
        title="Shared and imported cost"
        note="by the policies below"
        lines={[...of("share"), ...of("cost")]}
        currency={h.currency}
      />
      <Amounts title="Corrections and adjustments" lines={of("correction")} currency={h.currency} />
      <Section title="Total">
        <Table label="From lines to total" dense>
          <tbody>
            {(
              [
                ["Lines, exact", h.totalMicros],
                [`Rounding to the minor unit of ${h.currency}`, h.roundingMicros],
                ["Total", h.roundedMicros],
              ] as const
            ).map(([label, micros]) => (
              <tr key={label} className="last:font-medium">
                <Td>{label}</Td>
                <Td right>
                  <Exact micros={micros} currency={h.currency} />
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </Section>
    </>
  );
}

/** All six decimals: a statement's lines are exact. */
function Exact({ micros, currency }: { micros: number; currency: string }) {
  return (
    <span className="whitespace-nowrap tabular-nums">
      {grouped(formatMicros(micros)).replace("-", "−")} <span className="text-xs text-faint">{currency}</span>
    </span>
  );
}

function Usage({ lines, currency }: { lines: readonly StatementLine[]; currency: string }) {
  if (lines.length === 0) return null;
  return (
    <Section title="Usage" note={`${lines.length} ${lines.length === 1 ? "line" : "lines"}`}>
      <Table label="Usage" dense>
        <thead>
          <tr>
            <Th>What</Th>
            <Th>Project</Th>
            <Th right>Quantity</Th>
            <Th right>Rate</Th>
            <Th right>Idle</Th>
            <Th right>Coverage</Th>
            <Th right>Amount</Th>
          </tr>
        </thead>
        <tbody>
          {lines.map((l) => (
            <tr key={l.key}>
              <Td className="min-w-44">
                {l.description}
                <span className="block text-xs text-faint">{[l.cluster, l.nodePool].filter(Boolean).join(", ")}</span>
                <Narrow>
                  {l.project || "nobody held it"}: <Exact micros={l.amountMicros} currency={currency} />
                </Narrow>
              </Td>
              <Td className="min-w-40">
                {l.project || <span className="text-faint">nobody held it</span>}
                {l.department && <span className="ml-1.5 text-xs text-faint">{l.department}</span>}
                <span className="block text-xs text-faint">{days(l)}</span>
              </Td>
              <Td right>
                {l.sku && l.quantity !== null ? grouped(formatQuantity(l.quantity, l.sku, 3)) : ""}{" "}
                <span className="text-xs text-faint">{l.sku ? SKUS[l.sku].unit : ""}</span>
              </Td>
              <Td right>
                {l.unitPriceNanos === null ? "" : formatNanos(l.unitPriceNanos)}
                {l.priceVersion !== null && <span className="ml-1 text-xs text-faint">v{l.priceVersion}</span>}
              </Td>
              <Td right>{l.sku === "gpu" ? <Money micros={l.idleMicros} currency={currency} /> : ""}</Td>
              <Td right>{l.sku === "gpu" ? formatPercent(percentOf(l.observedMilli, l.expectedMilli)) : ""}</Td>
              <Td right>
                <Exact micros={l.amountMicros} currency={currency} />
              </Td>
            </tr>
          ))}
          <Sum lines={lines} currency={currency} span={6} />
        </tbody>
      </Table>
    </Section>
  );
}

interface AmountsProps {
  readonly title: string;
  readonly note?: string;
  readonly lines: readonly StatementLine[];
  readonly currency: string;
}

function Amounts({ title, note, lines, currency }: AmountsProps) {
  if (lines.length === 0) return null;
  return (
    <Section title={title} note={note}>
      <Table label={title} dense>
        <thead>
          <tr>
            <Th>What</Th>
            <Th>Where</Th>
            <Th>About</Th>
            <Th>Why, or by what</Th>
            <Th right>Amount</Th>
          </tr>
        </thead>
        <tbody>
          {lines.map((l) => (
            <tr key={l.key}>
              <Td className="min-w-44 sm:min-w-56">
                {l.description}
                <Narrow>
                  <Exact micros={l.amountMicros} currency={currency} />
                </Narrow>
              </Td>
              <Td className="text-soft">{[l.cluster, l.project].filter(Boolean).join(", ")}</Td>
              <Td className="whitespace-nowrap text-soft">{days(l)}</Td>
              <Td className="min-w-48">
                {l.reason ||
                  (l.weightTotal > 0 ? `${formatPercent(percentOf(l.weight, l.weightTotal))} of the base` : "")}
                {l.corrects && <span className="ml-1.5 text-xs text-faint">corrects {l.corrects}</span>}
              </Td>
              <Td right>
                <Exact micros={l.amountMicros} currency={currency} />
              </Td>
            </tr>
          ))}
          <Sum lines={lines} currency={currency} span={4} />
        </tbody>
      </Table>
    </Section>
  );
}

function Sum({ lines, currency, span }: { lines: readonly StatementLine[]; currency: string; span: number }) {
  const sum = sumExactly(lines.map((l) => l.amountMicros));
  return (
    <tr className="font-medium">
      <td colSpan={span} className="border-b px-2.5 py-1.5 first:pl-4 sm:first:pl-0">
        Sum
        <Narrow>
          <Exact micros={sum} currency={currency} />
        </Narrow>
      </td>
      <Td right>
        <Exact micros={sum} currency={currency} />
      </Td>
    </tr>
  );
}
