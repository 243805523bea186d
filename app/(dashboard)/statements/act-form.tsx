"use client";
import { type ReactNode, useActionState } from "react";
import type { Answer } from "./actions";

/** A form that does one act, says while it runs, and what was answered. */
export function ActForm({
  action,
  label,
  running,
  fields,
  children,
  look = "strong",
}: {
  action: (before: Answer | null, form: FormData) => Promise<Answer>;
  label: string;
  running: string;
  fields: Readonly<Record<string, string>>;
  children?: ReactNode;
  look?: "strong" | "plain";
}) {
  const [answer, act, busy] = useActionState(action, null);
  return (
    <form action={act} className="grid gap-3">
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children}
      <div className="flex flex-wrap items-center gap-3">
        <button
          type="submit"
          disabled={busy}
          className={`h-8 rounded-md px-3 text-sm font-medium disabled:opacity-60 ${
            look === "strong"
              ? "bg-accent text-accent-ink hover:opacity-90"
              : "border border-line-strong hover:bg-raised"
          }`}
        >
          {busy ? running : label}
        </button>
        {answer && (
          <p
            role={answer.ok ? "status" : "alert"}
            className={`text-sm whitespace-pre-line ${answer.ok ? "text-soft" : "text-bad"}`}
          >
            {answer.message}
          </p>
        )}
      </div>
    </form>
  );
}
