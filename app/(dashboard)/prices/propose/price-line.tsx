"use client";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { FIELD } from "@/app/(dashboard)/prices/fields.ts";
import { CLASS_WORDS, KIND_WORDS, originOf } from "@/app/(dashboard)/prices/words.ts";
import { PRICE_CLASSES, PRICE_KINDS } from "@/lib/pricing/types.ts";
import type { Choices, Line } from "./line.ts";

interface Props {
  readonly line: Line;
  readonly number: number;
  readonly choices: Choices;
  readonly change: (patch: Partial<Line>) => void;
  readonly remove: (() => void) | null;
}

export function PriceLine({ line, number, choices, change, remove }: Props) {
  const named = line.kind === "gpu" || line.kind === "node-pool";
  const suggestions = line.kind === "gpu" ? choices.models : choices.nodePools;
  return (
    <fieldset className="rounded-md border p-3">
      <legend className="px-1 text-xs font-medium text-soft">Line {number}</legend>
      <div className="grid grid-cols-2 items-end gap-3 sm:grid-cols-4 2xl:grid-cols-[9rem_minmax(0,2fr)_minmax(0,1fr)_9rem_9rem_6rem_10rem_2rem]">
        <Field label="Kind">
          <select
            value={line.kind}
            onChange={(e) =>
              change({ kind: e.target.value, match: /^(gpu|node-pool)$/.test(e.target.value) ? line.match : "" })
            }
            className={FIELD}
          >
            {PRICE_KINDS.map((k) => (
              <option key={k} value={k}>
                {KIND_WORDS[k]}
              </option>
            ))}
          </select>
        </Field>
        <Field label={line.kind === "node-pool" ? "Its name" : "Words of the model"}>
          <input
            value={line.match}
            disabled={!named}
            required={named}
            list={`matches-${line.id}`}
            onChange={(e) => change({ match: e.target.value })}
            placeholder={named ? "H100 80GB" : "all of it"}
            className={`${FIELD} disabled:bg-sunken`}
          />
          <datalist id={`matches-${line.id}`}>
            {suggestions.map((s) => (
              <option key={s} value={s} />
            ))}
          </datalist>
        </Field>
        <Field label="Cluster">
          <select value={line.cluster} onChange={(e) => change({ cluster: e.target.value })} className={FIELD}>
            <option value="">every</option>
            {choices.clusters.map((c) => (
              <option key={c}>{c}</option>
            ))}
          </select>
        </Field>
        <Field label="Class">
          <select value={line.priceClass} onChange={(e) => change({ priceClass: e.target.value })} className={FIELD}>
            {PRICE_CLASSES.map((c) => (
              <option key={c} value={c}>
                {CLASS_WORDS[c]}
              </option>
            ))}
          </select>
        </Field>
        <Field label="Price">
          <input
            value={line.unitPrice}
            required
            inputMode="decimal"
            onChange={(e) => change({ unitPrice: e.target.value.trim(), origin: { type: "entered", note: "" } })}
            placeholder="2.50"
            className={`${FIELD} text-right tabular-nums`}
          />
        </Field>
        <Field label="Currency">
          <input
            value={line.currency}
            required
            maxLength={3}
            onChange={(e) => change({ currency: e.target.value.trim().toUpperCase() })}
            className={FIELD}
          />
        </Field>
        <Field label="From">
          <input
            type="date"
            value={line.effectiveFrom}
            required
            onChange={(e) => change({ effectiveFrom: e.target.value })}
            className={FIELD}
          />
        </Field>
        {remove && (
          <button
            type="button"
            onClick={remove}
            aria-label={`Remove line ${number}`}
            className="grid h-8 w-8 place-items-center justify-self-end rounded-md text-faint hover:bg-raised hover:text-ink"
          >
            <X size={15} aria-hidden="true" />
          </button>
        )}
      </div>
      {line.origin.type !== "entered" && <p className="mt-2 text-xs text-soft">{originOf(line.origin)}</p>}
    </fieldset>
  );
}

function Field({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child.
    <label className="grid min-w-0 gap-1 text-xs text-faint">
      {label}
      {children}
    </label>
  );
}
