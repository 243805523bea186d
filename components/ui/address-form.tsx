"use client";
import type { ReactNode } from "react";
import { type Answer, FormAnswer } from "./field.tsx";

interface Props {
  /** The page whose address it fills. */
  readonly action: string;
  /** What is wrong with which of its fields, by name. */
  readonly problems?: Answer["fields"];
  /** Each change shows its effect at once, where scripts run. */
  readonly live?: boolean;
  /** What is sent beside the fields that are shown. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly children: ReactNode;
}

/** A form whose state is the address: it shows what would happen, and writes nothing. */
export function AddressForm({ action, problems, live = false, fields = {}, children }: Props) {
  return (
    <form
      action={action}
      data-soft=""
      data-live={live ? "" : undefined}
      noValidate
      className="no-print flex flex-wrap items-start gap-3"
    >
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <FormAnswer value={problems ? { ok: false, message: "", fields: problems } : null}>{children}</FormAnswer>
    </form>
  );
}
