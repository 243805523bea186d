"use client";
import { useSearchParams } from "next/navigation";
import { type KeyboardEvent, useRef, useState } from "react";
import { classLabel, classLook } from "@/components/classes.ts";
import { formatGpus, plural } from "@/components/format.ts";
import { href, type Params, travelling } from "@/components/href.ts";
import { CARD, cardsOf, type FleetCard } from "@/lib/pages/cards.ts";
import type { FleetNode, FleetSlot } from "@/lib/pages/types.ts";
import { Hovered } from "./hovered.tsx";

interface Shown {
  readonly card: FleetCard;
  readonly part: number;
  readonly left: number;
  readonly top: number;
}

interface FleetMapProps {
  readonly nodes: readonly FleetNode[];
  readonly zone: string;
  readonly now: number;
  readonly currency: string;
}

/** A cell for each card; a card that is shared shows its parts within its one cell. Pointer or focus shows who holds it; arrow keys walk. */
export function FleetMap({ nodes, zone, now, currency }: FleetMapProps) {
  const [shown, setShown] = useState<Shown | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const params = travelling(Object.fromEntries(useSearchParams()));
  const cards = nodes.map(cardsOf);
  const show = (target: EventTarget) => {
    const cell = (target as HTMLElement).closest<HTMLElement>("[data-slot]");
    const [node = -1, at = -1, part = -1] = cell?.dataset.slot?.split("/").map(Number) ?? [];
    const card = cards[node]?.[at];
    if (!cell || !card || !root.current) return setShown(null);
    const box = (cell.closest("[data-card]") ?? cell).getBoundingClientRect();
    const frame = root.current.getBoundingClientRect();
    const left = Math.max(0, Math.min(box.left - frame.left, frame.width - 288));
    setShown({ card, part, left, top: box.bottom - frame.top + 6 });
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
      {groupNodes(nodes).map((pool) => (
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
                  {cards[index]?.map((card, at) => (
                    <CardCell
                      key={`${card.gpu} ${card.parts[0]?.position}`}
                      card={card}
                      id={`${index}/${at}`}
                      first={index === 0 && at === 0}
                      params={params}
                    />
                  ))}
                </div>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {shown && <Hovered {...shown} zone={zone} now={now} currency={currency} />}
    </div>
  );
}

/** One card: a whole one in the colour of its class, a shared one in stripes as wide as its parts, within one frame. */
function CardCell({ card, id, first, params }: { card: FleetCard; id: string; first: boolean; params: Params }) {
  const held = card.parts.reduce((sum, p) => sum + p.milli, 0);
  const shared = card.parts.length > 1 || held !== CARD;
  return (
    <span
      data-card={shared ? "shared" : "whole"}
      className={`flex size-6.5 overflow-clip rounded-[3px] [overflow-clip-margin:3px] ${shared ? "outline outline-line-strong" : ""}`}
    >
      {card.parts.map((part, i) => (
        <Part
          key={`${part.position} ${part.class}`}
          part={part}
          id={`${id}/${i}`}
          reachable={first && i === 0}
          label={`${card.node.node}, ${card.gpu || "card not named"}${shared ? `, ${formatGpus(part.milli)} of it` : ""}: ${classLabel(part.class)}${part.workload ? `, ${part.workload}` : ""}`}
          to={part.workloadKey ? href(`/workloads/${part.workloadKey}`, params) : null}
        />
      ))}
      {held < CARD && <span aria-hidden="true" style={{ flexGrow: CARD - held, flexBasis: 0 }} />}
    </span>
  );
}

interface PartProps {
  readonly part: FleetSlot;
  readonly id: string;
  readonly reachable: boolean;
  readonly label: string;
  readonly to: string | null;
}

function Part({ part, id, reachable, label, to }: PartProps) {
  const look = classLook(part.class);
  const common = {
    "data-slot": id,
    tabIndex: reachable ? 0 : -1,
    "aria-label": label,
    className: `fleet-cell fill c-${part.class}${look.ink === "light" ? " on-dark" : ""}`,
    style: { flexGrow: part.milli },
  };
  const letter = part.milli >= CARD / 2 ? look.letter : "";
  return to ? (
    <a href={to} {...common}>
      {letter}
    </a>
  ) : (
    <button type="button" {...common}>
      {letter}
    </button>
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
