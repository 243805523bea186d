import type { ReactNode } from "react";

/** A labelled field of a form that works without JavaScript. */
export function TextField({
  name,
  label,
  hint,
  ...rest
}: {
  name: string;
  label: string;
  hint?: string;
  type?: "text" | "email" | "password";
  autoComplete?: string;
  defaultValue?: string;
  required?: boolean;
  autoFocus?: boolean;
}) {
  return (
    <label className="grid gap-1 text-sm">
      <span className="font-medium">{label}</span>
      <input
        name={name}
        {...rest}
        aria-describedby={hint ? `${name}-hint` : undefined}
        className="h-9 rounded-md border border-line-strong bg-ground px-2.5"
      />
      {hint && (
        <span id={`${name}-hint`} className="text-xs text-soft">
          {hint}
        </span>
      )}
    </label>
  );
}

export const Submit = ({ children }: { children: ReactNode }) => (
  <button
    type="submit"
    className="h-9 w-full rounded-md bg-accent px-3 text-sm font-medium text-accent-ink hover:opacity-90"
  >
    {children}
  </button>
);

export const Problem = ({ children }: { children: ReactNode }) => (
  <p role="alert" className="mb-4 rounded-md border border-bad/40 bg-bad/5 px-3 py-2 text-sm text-bad">
    {children}
  </p>
);

export const Panel = ({ children }: { children: ReactNode }) => (
  <div className="rounded-lg border bg-raised p-6 shadow-sm">{children}</div>
);
