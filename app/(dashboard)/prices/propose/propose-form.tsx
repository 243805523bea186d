"use client";
import { useRef, useState } from "react";
import { propose } from "@/app/(dashboard)/prices/actions.ts";
import { Section } from "@/components/page-header.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { Button } from "@/components/ui/button.tsx";
import { TextField } from "@/components/ui/field.tsx";
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
  const fields = useRef<HTMLDivElement>(null);
  const nextId = Math.max(0, ...lines.map((l) => l.id)) + 1;
  // A line without a price gives way.
  const add = (more: Partial<Line>) => {
    const priceAt = (i: number) =>
      fields.current?.querySelector<HTMLInputElement>(`[name="drafts.${i + 1}.unit_price"]`)?.value.trim();
    setLines([...lines.filter((_, i) => priceAt(i)), fresh(nextId, more)]);
  };
  return (
    <>
      <Section title="Prices" note="for one unit and hour; a price holds from its day on until a later one replaces it">
        <ActionForm action={propose} label="Propose, and see what it changes" busy="Checking…" stacked>
          <div ref={fields} className="grid gap-3">
            {lines.map((line, i) => (
              <PriceLine
                key={line.id}
                line={line}
                number={i + 1}
                choices={choices}
                remove={lines.length > 1 ? () => setLines(lines.filter((l) => l.id !== line.id)) : null}
              />
            ))}
          </div>
          <div>
            <Button onClick={() => setLines([...lines, fresh(nextId)])}>Add a line</Button>
          </div>
          <div className="mt-2 grid gap-3 sm:grid-cols-[1fr_2fr]">
            <TextField label="Title" name="title" required placeholder="Prices of 2027" />
            <TextField label="Reason (for the approver)" name="note" />
          </div>
        </ActionForm>
      </Section>
      <OwnedCalculator currency={currency} use={add} />
      <ListPriceSearch list={listPrices} use={add} />
    </>
  );
}
