"use client";
import { useState } from "react";
import { Section } from "@/components/page-header.tsx";
import { Button } from "@/components/ui/button.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { formatNanos } from "@/lib/money.ts";
import { ownedRate, readOwned } from "@/lib/pricing/owned.ts";
import type { Line } from "./line.ts";

const FIELDS = [
  ["purchase", "Purchase", "280000"],
  ["gpus", "GPUs", "8"],
  ["months", "Months of use", "48"],
  ["powerKw", "kW for each GPU", "1.2"],
  ["pricePerKwh", "Price of a kWh", "0.18"],
  ["pue", "PUE", "1.3"],
  ["overheadPercent", "Overhead, %", "12"],
] as const;
type Name = (typeof FIELDS)[number][0];

/** From what hardware costs to the rate of a GPU-hour, step by step. */
export function OwnedCalculator({ currency, use }: { currency: string; use: (line: Partial<Line>) => void }) {
  const [given, setGiven] = useState<Readonly<Partial<Record<Name, string>>>>({});
  const filled = FIELDS.every(([name]) => given[name]);
  const read = filled ? readOwned(given as Record<Name, string>) : null;
  const result = read && "hardware" in read ? ownedRate(read.hardware) : null;
  return (
    <Section title="Owned hardware" note="purchase by straight line, power and overhead make a rate">
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-4 xl:grid-cols-7">
        {FIELDS.map(([name, label, example]) => (
          <TextField
            key={name}
            label={name === "purchase" || name === "pricePerKwh" ? `${label}, ${currency}` : label}
            name={`owned.${name}`}
            onType={(value) => setGiven({ ...given, [name]: value.trim() })}
            inputMode="decimal"
            placeholder={example}
            align="right"
          />
        ))}
      </div>
      {read && "problem" in read && (
        <p role="alert" className="mt-2 text-sm text-bad">
          {read.problem}
        </p>
      )}
      {read && "hardware" in read && result && (
        <div className="mt-3 max-w-2xl text-sm">
          <dl>
            {result.steps.map((step) => (
              <div key={step.what} className="flex flex-wrap justify-between gap-x-4 border-b py-1.5">
                <dt>
                  {step.what} <span className="text-faint">{step.formula}</span>
                </dt>
                <dd className="tabular-nums">{formatNanos(step.nanos)}</dd>
              </div>
            ))}
            <div className="flex justify-between gap-4 py-1.5 font-medium">
              <dt>{`Rate of one GPU and hour, ${currency}`}</dt>
              <dd className="tabular-nums">{formatNanos(result.rateNanos)}</dd>
            </div>
          </dl>
          <Button onClick={() => use({ unitPrice: formatNanos(result.rateNanos), currency, origin: read.hardware })}>
            Use as a line
          </Button>
        </div>
      )}
    </Section>
  );
}
