import type { ReactNode } from "react";

const BOX = "h-8 min-w-0 rounded-md border border-line-strong bg-ground px-2 text-sm text-ink";

/** A label over whatever is filled in. */
export function Field({ label, children, wide = false }: { label: string; children: ReactNode; wide?: boolean }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is its child.
    <label className={`grid min-w-0 gap-1 text-xs text-faint ${wide ? "grow" : ""}`}>
      {label}
      {children}
    </label>
  );
}

export function TextField({
  label,
  name,
  value = "",
  required = false,
  placeholder,
  type = "text",
  autoComplete,
}: {
  label: string;
  name: string;
  value?: string;
  required?: boolean;
  placeholder?: string;
  type?: "text" | "date" | "email" | "password";
  autoComplete?: string;
}) {
  return (
    <Field label={label}>
      <input
        type={type}
        name={name}
        defaultValue={value}
        required={required}
        placeholder={placeholder}
        autoComplete={autoComplete}
        className={BOX}
      />
    </Field>
  );
}

export function SelectField({
  label,
  name,
  value,
  options,
}: {
  label: string;
  name: string;
  value?: string;
  options: readonly { readonly value: string; readonly label: string }[];
}) {
  return (
    <Field label={label}>
      <select name={name} defaultValue={value} className={BOX}>
        {options.map((o) => (
          <option key={o.value} value={o.value}>
            {o.label}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** A file to upload, which is needed. @param accept endings and media types, with commas between them. */
export function FileField({ label, name, accept }: { label: string; name: string; accept: string }) {
  return (
    <Field label={label}>
      <input
        type="file"
        name={name}
        required
        accept={accept}
        className="h-8 max-w-full text-sm text-ink file:mr-2 file:h-8 file:rounded-md file:border file:border-line-strong file:bg-ground file:px-2.5 file:text-ink"
      />
    </Field>
  );
}

/** Something that cannot be undone lightly: opened first, then done. */
export function Guarded({ label, children }: { label: string; children: ReactNode }) {
  return (
    <details className="no-print text-sm">
      <summary className="inline-block rounded-md border border-line-strong px-2.5 py-1 text-xs hover:bg-raised">
        {label}
      </summary>
      <div className="mt-2 rounded-md bg-raised p-3">{children}</div>
    </details>
  );
}
