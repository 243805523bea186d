import { useClassMeaning } from "@/components/class-meaning.tsx";
import { classLabel } from "@/components/classes.ts";
import { formatGpus, formatMib, formatMoment, formatMoney, formatPercent, formatSpan } from "@/components/format.ts";
import type { FleetCard } from "@/lib/pages/cards.ts";
import type { FleetSlot } from "@/lib/pages/types.ts";

interface HoveredProps {
  readonly card: FleetCard;
  /** Which of its parts is pointed at. */
  readonly part: number;
  readonly left: number;
  readonly top: number;
  readonly zone: string;
  readonly now: number;
  readonly currency: string;
}

/** Who holds the card that is pointed at, and with whom it is shared. */
export function Hovered({ card, part, left, top, zone, now, currency }: HoveredProps) {
  const slot = card.parts[part];
  if (!slot) return null;
  return (
    <div
      role="status"
      className="pointer-events-none absolute z-20 w-72 rounded-lg border border-line-strong bg-ground p-3 text-xs shadow-lg"
      style={{ left, top }}
    >
      <Held slot={slot} zone={zone} now={now} currency={currency} />
      {card.parts.length > 1 && <Others parts={card.parts} part={part} />}
      <p className="mt-1.5 truncate text-faint">
        {card.node.node} · {card.gpu || "the source does not name the card"}
      </p>
    </div>
  );
}

type HeldProps = Pick<HoveredProps, "zone" | "now" | "currency"> & { readonly slot: FleetSlot };

function Held({ slot, zone, now, currency }: HeldProps) {
  const meaning = useClassMeaning(slot.class);
  const facts: [string, string][] = [];
  if (slot.workload) facts.push(["Workload", slot.workload]);
  if (slot.project) facts.push(["Project", slot.project]);
  if (slot.user) facts.push(["Owner", slot.user]);
  if (slot.milli !== 1000) facts.push(["Part of the card", `${formatGpus(slot.milli)} GPU`]);
  if (slot.workloadKey)
    facts.push(["Utilisation", formatPercent(slot.utilisationPercent)], ["Memory used", formatMib(slot.gpuMemoryMib)]);
  if (slot.hourMicros !== null) facts.push(["Costs", `${formatMoney(slot.hourMicros, currency)} an hour`]);
  facts.push(["Since", `${formatMoment(slot.sinceAt, zone)}, ${formatSpan(now - slot.sinceAt)}`]);
  return (
    <>
      <p className="flex items-center gap-2 text-sm font-semibold">
        <Dot slot={slot} />
        {classLabel(slot.class)}
      </p>
      <p className="mt-0.5 text-faint">{meaning}</p>
      <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-0.5">
        {facts.map(([label, value]) => (
          <div key={label} className="col-span-2 grid grid-cols-subgrid">
            <dt className="text-faint">{label}</dt>
            <dd className="truncate text-right">{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** The parts of a shared card, the one that is pointed at in bold. */
function Others({ parts, part }: { parts: readonly FleetSlot[]; part: number }) {
  return (
    <>
      <p className="mt-2 border-t pt-2 text-faint">One card, in {parts.length} parts</p>
      <ul>
        {parts.map((p, i) => (
          <li
            key={`${p.position} ${p.class}`}
            className={`flex items-center gap-2 ${i === part ? "font-semibold" : "text-soft"}`}
          >
            <Dot slot={p} />
            <span className="min-w-0 flex-1 truncate">{p.workload || classLabel(p.class).toLowerCase()}</span>
            <span className="tabular-nums">{formatGpus(p.milli)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Dot({ slot }: { slot: FleetSlot }) {
  return <span aria-hidden="true" className={`fill c-${slot.class} size-3 shrink-0 rounded-[3px]`} />;
}
