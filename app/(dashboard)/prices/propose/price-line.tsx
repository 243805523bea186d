"use client";
import { X } from "lucide-react";
import { useState } from "react";
import { CLASS_WORDS, KIND_WORDS, originOf } from "@/app/(dashboard)/prices/words.ts";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { PRICE_CLASSES, PRICE_KINDS } from "@/lib/pricing/types.ts";
import type { Choices, Line } from "./line.ts";

interface Props {
  /** What it begins with. */
  readonly line: Line;
  /** Its place, from 1: its fields are called `drafts.<place>.<field>`, as problems of it are. */
  readonly number: number;
  readonly choices: Choices;
  readonly remove: (() => void) | null;
}

const isNamed = (kind: string) => kind === "gpu" || kind === "node-pool";
const choiceOf = (words: Readonly<Record<string, string>>) => (value: string) => ({
  value,
  label: words[value] ?? value,
});

export function PriceLine({ line, number, choices, remove }: Props) {
  const [kind, setKind] = useState(line.kind);
  const [origin, setOrigin] = useState(line.origin);
  const suggestions = kind === "gpu" ? choices.models : choices.nodePools;
  const name = (field: string) => `drafts.${number}.${field}`;
  return (
    <fieldset className="rounded-md border p-3">
      <legend className="px-1 text-xs font-medium text-soft">Line {number}</legend>
      <input type="hidden" name={name("origin")} value={JSON.stringify(origin)} />
      <div className="grid grid-cols-2 items-start gap-3 sm:grid-cols-4 2xl:grid-cols-[9rem_minmax(0,2fr)_minmax(0,1fr)_9rem_9rem_6rem_10rem_2rem]">
        <SelectField
          label="Kind"
          name={name("kind")}
          value={line.kind}
          onChoice={setKind}
          options={PRICE_KINDS.map(choiceOf(KIND_WORDS))}
        />
        <TextField
          label={kind === "node-pool" ? "Node pool" : "GPU model"}
          name={name("match")}
          value={line.match}
          disabled={!isNamed(kind)}
          required={isNamed(kind)}
          list={`matches-${line.id}`}
          placeholder={isNamed(kind) ? "H100 80GB" : "all of it"}
        />
        <datalist id={`matches-${line.id}`}>
          {suggestions.map((s) => (
            <option key={s} value={s} />
          ))}
        </datalist>
        <SelectField
          label="Cluster"
          name={name("cluster")}
          value={line.cluster}
          options={[{ value: "", label: "every" }, ...choices.clusters.map((c) => ({ value: c, label: c }))]}
        />
        <SelectField
          label="Class"
          name={name("price_class")}
          value={line.priceClass}
          options={PRICE_CLASSES.map(choiceOf(CLASS_WORDS))}
        />
        <TextField
          label="Price"
          name={name("unit_price")}
          value={line.unitPrice}
          required
          inputMode="decimal"
          placeholder="2.50"
          align="right"
          onType={() => setOrigin({ type: "entered", note: "" })}
        />
        <TextField label="Currency" name={name("currency")} value={line.currency} required maxLength={3} />
        <TextField label="From" name={name("effective_from")} type="date" value={line.effectiveFrom} required />
        {remove && (
          <button
            type="button"
            onClick={remove}
            aria-label={`Remove line ${number}`}
            className="mt-5 grid size-8 place-items-center justify-self-end rounded-md text-faint hover:bg-raised hover:text-ink"
          >
            <X size={15} aria-hidden="true" />
          </button>
        )}
      </div>
      {origin.type !== "entered" && <p className="mt-2 text-xs text-soft">{originOf(origin)}</p>}
    </fieldset>
  );
}
