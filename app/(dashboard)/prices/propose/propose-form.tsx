"use client";
import { useState } from "react";
import { propose } from "@/app/(dashboard)/prices/actions.ts";
import { BUTTON } from "@/app/(dashboard)/prices/fields.ts";
import { ActionForm } from "@/components/action-form.tsx";
import { TextField } from "@/components/fields.tsx";
import { Section } from "@/components/page-header.tsx";
import type { Choices, Line } from "./line.ts";
import { type FoundPrices, ListPriceSearch } from "./list-price-search.tsx";
import { OwnedCalculator } from "./owned-calculator.tsx";
import { PriceLine } from "./price-line.tsx";

interface Props extends Choices {
  readonly currency: string;
  readonly monthStart: string;
  readonly match: string;
  readonly listPrices: FoundPrices;
}

/** Several prices at once; list prices and the calculator add theirs to the lines. */
export function ProposeForm({ currency, monthStart, match, listPrices, ...choices }: Props) {
  const fresh = (id: number, more: Partial<Line> = {}): Line => ({
    ...{ id, kind: "gpu", match: "", cluster: "", priceClass: "standard", unitPrice: "", currency },
    ...{ effectiveFrom: monthStart, origin: { type: "entered", note: "" } },
    ...more,
  });
  const [lines, setLines] = useState<readonly Line[]>([fresh(1, { match })]);
  const nextId = Math.max(0, ...lines.map((l) => l.id)) + 1;
  const change = (id: number, patch: Partial<Line>) =>
    setLines((all) => all.map((l) => (l.id === id ? { ...l, ...patch } : l)));
  // A line that nobody has filled in gives way.
  const add = (more: Partial<Line>) =>
    setLines((all) => [...all.filter((l) => l.unitPrice.trim() !== ""), fresh(nextId, more)]);
  const drafts = lines.map(({ id: _, ...line }, i) => ({ ...line, line: i + 1 }));
  return (
    <>
      <Section title="Prices" note="for one unit and hour; a price holds from its day on until a later one replaces it">
        <ActionForm
          action={propose}
          label="Propose, and see what it changes"
          busy="Checking…"
          fields={{ drafts: JSON.stringify(drafts) }}
          stacked
        >
          {lines.map((line, i) => (
            <PriceLine
              key={line.id}
              line={line}
              number={i + 1}
              choices={choices}
              change={(patch) => change(line.id, patch)}
              remove={lines.length > 1 ? () => setLines(lines.filter((l) => l.id !== line.id)) : null}
            />
          ))}
          <div>
            <button type="button" onClick={() => setLines([...lines, fresh(nextId)])} className={BUTTON}>
              Add a line
            </button>
          </div>
          <div className="mt-2 grid gap-3 sm:grid-cols-[1fr_2fr]">
            <TextField label="Title" name="title" required placeholder="Prices of 2027" />
            <TextField label="Why (for who approves)" name="note" />
          </div>
        </ActionForm>
      </Section>
      <OwnedCalculator currency={currency} use={add} />
      <ListPriceSearch list={listPrices} use={add} />
    </>
  );
}
