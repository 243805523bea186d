"use client";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { type KeyboardEvent, useRef, useState } from "react";
import { useClassMeaning } from "@/components/class-meaning";
import { CLASS_LOOK, classFill, classLabel } from "@/components/classes";
import { formatGpus, formatMib, formatMoment, formatPercent, formatSpan, plural } from "@/components/format";
import { href, travelling } from "@/components/href";
import type { FleetNode, FleetSlot } from "@/lib/reports/pages/types";

interface Shown {
  readonly node: FleetNode;
  readonly slot: FleetSlot;
  readonly left: number;
  readonly top: number;
}

/** A cell per card, or per part of one; pointer or focus shows who holds it. Arrow keys walk the cells. */
export function FleetMap({ nodes, zone, now }: { nodes: readonly FleetNode[]; zone: string; now: number }) {
  const [shown, setShown] = useState<Shown | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const params = travelling(Object.fromEntries(useSearchParams()));
  const show = (target: EventTarget) => {
    const cell = (target as HTMLElement).closest<HTMLElement>("[data-slot]");
    const at = cell?.dataset.slot?.split("/").map(Number);
    const node = at ? nodes[at[0] ?? -1] : undefined;
    const slot = at ? node?.slots[at[1] ?? -1] : undefined;
    if (!cell || !node || !slot || !root.current) return setShown(null);
    const box = cell.getBoundingClientRect();
    const frame = root.current.getBoundingClientRect();
    const left = Math.max(0, Math.min(box.left - frame.left, frame.width - 272));
    setShown({ node, slot, left, top: box.bottom - frame.top + 6 });
  };
  const walk = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8, Home: -1e9, End: 1e9 }[event.key];
    if (event.key === "Escape") setShown(null);
    if (!step || !root.current) return;
    event.preventDefault();
    const cells = [...root.current.querySelectorAll<HTMLElement>("[data-slot]")];
    const here = cells.indexOf(document.activeElement as HTMLElement);
    cells[Math.max(0, Math.min(cells.length - 1, here + step))]?.focus();
  };
  const pools = groupNodes(nodes);
  let first = true;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it listens for its cells, which are links and buttons of their own.
    <div
      ref={root}
      className="relative"
      onPointerOver={(e) => show(e.target)}
      onPointerLeave={() => setShown(null)}
      onFocus={(e) => show(e.target)}
      onBlur={() => setShown(null)}
      onKeyDown={walk}
    >
      {pools.map((pool) => (
        <section key={`${pool.cluster}/${pool.pool}`} aria-label={`${pool.cluster}, ${pool.pool}`} className="mb-8">
          <h2 className="mb-3 flex flex-wrap items-baseline gap-x-3">
            <span className="font-semibold">{pool.pool || "no pool"}</span>
            <span className="text-xs text-faint">
              {pool.cluster} · {pool.gpuModel || "model not known"} · {plural(pool.nodes.length, "node")}
            </span>
          </h2>
          <ul className="grid grid-cols-[repeat(auto-fill,minmax(15.5rem,1fr))] gap-x-6 gap-y-3">
            {pool.nodes.map(({ node, index }) => (
              <li key={node.node} className="min-w-0">
                <p className="mb-1 truncate text-xs text-soft">{node.node}</p>
                <div className="flex flex-wrap gap-0.75">
                  {cards(node).map((card) => (
                    <span key={card[0]?.slot.position} className="flex h-6.5 w-6.5 gap-px">
                      {card.map(({ slot, at }) => {
                        const reachable = first;
                        first = false;
                        return (
                          <Cell
                            key={slot.position}
                            slot={slot}
                            id={`${index}/${at}`}
                            node={node.node}
                            reachable={reachable}
                            to={slot.workloadKey ? href(`/workloads/${slot.workloadKey}`, params) : null}
                          />
                        );
                      })}
                    </span>
                  ))}
                </div>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {shown && <Card shown={shown} zone={zone} now={now} />}
    </div>
  );
}

function Cell({
  slot,
  id,
  node,
  reachable,
  to,
}: {
  slot: FleetSlot;
  id: string;
  node: string;
  reachable: boolean;
  to: string | null;
}) {
  const look = CLASS_LOOK[slot.class];
  const share = Math.min(1, slot.milli / 1000);
  const common = {
    "data-slot": id,
    tabIndex: reachable ? 0 : -1,
    "aria-label": `${node}, ${slot.gpu}: ${classLabel(slot.class)}${slot.workload ? `, ${slot.workload}` : ""}`,
    className: `grid h-full min-w-0 place-items-center rounded-[3px] text-[10px] font-bold hover:ring-2 hover:ring-ink focus-visible:ring-2 focus-visible:ring-ink ${look.pattern} ${look.ink === "light" ? "text-(--on-dark-fill)" : "text-(--on-light-fill)"}`,
    style: {
      backgroundColor: classFill(slot.class),
      textShadow: `0 0 3px ${classFill(slot.class)}, 0 0 2px ${classFill(slot.class)}`,
      flexGrow: share,
      flexBasis: 0,
    },
  };
  const letter = slot.milli >= 500 ? look.letter : "";
  return to ? (
    <Link href={to} prefetch={false} {...common}>
      {letter}
    </Link>
  ) : (
    <button type="button" {...common}>
      {letter}
    </button>
  );
}

function Card({ shown: { node, slot, left, top }, zone, now }: { shown: Shown; zone: string; now: number }) {
  const facts: [string, string][] = [];
  if (slot.workload) facts.push(["Workload", slot.workload]);
  if (slot.project) facts.push(["Project", slot.project]);
  if (slot.user) facts.push(["Owner", slot.user]);
  if (slot.milli !== 1000) facts.push(["Part of the card", `${formatGpus(slot.milli)} GPU`]);
  facts.push(["Utilisation", formatPercent(slot.utilisationPercent)], ["Memory used", formatMib(slot.gpuMemoryMib)]);
  facts.push(["Since", `${formatMoment(slot.sinceAt, zone)}, ${formatSpan(now - slot.sinceAt)}`]);
  return (
    <div
      role="status"
      className="pointer-events-none absolute z-20 w-68 rounded-lg border border-line-strong bg-ground p-3 text-xs shadow-lg"
      style={{ left, top }}
    >
      <p className="flex items-center gap-2 text-sm font-semibold">
        <span
          aria-hidden="true"
          className={`size-3 rounded-[3px] ${CLASS_LOOK[slot.class].pattern}`}
          style={{ backgroundColor: classFill(slot.class) }}
        />
        {classLabel(slot.class)}
      </p>
      <p className="mt-0.5 text-faint">{useClassMeaning(slot.class)}</p>
      <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-0.5">
        {facts.map(([label, value]) => (
          <div key={label} className="col-span-2 grid grid-cols-subgrid">
            <dt className="text-faint">{label}</dt>
            <dd className="truncate text-right">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-1.5 truncate text-faint">
        {node.node} · {slot.gpu}
      </p>
    </div>
  );
}

interface Pool {
  readonly cluster: string;
  readonly pool: string;
  readonly gpuModel: string;
  readonly nodes: { node: FleetNode; index: number }[];
}

function groupNodes(nodes: readonly FleetNode[]): Pool[] {
  const out = new Map<string, Pool>();
  nodes.forEach((node, index) => {
    const key = `${node.cluster}\u0000${node.pool}\u0000${node.gpuModel}`;
    const pool = out.get(key) ?? { cluster: node.cluster, pool: node.pool, gpuModel: node.gpuModel, nodes: [] };
    pool.nodes.push({ node, index });
    out.set(key, pool);
  });
  return [...out.values()];
}

/** The slots of a node by card; a slot whose card is not known stands alone. */
function cards(node: FleetNode): { slot: FleetSlot; at: number }[][] {
  const out = new Map<string, { slot: FleetSlot; at: number }[]>();
  node.slots.forEach((slot, at) => {
    const key = slot.gpu || `#${slot.position}`;
    const card = out.get(key) ?? [];
    card.push({ slot, at });
    out.set(key, card);
  });
  return [...out.values()];
}
