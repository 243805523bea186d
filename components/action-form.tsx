"use client";
import { type ReactNode, useActionState } from "react";

export interface Answer {
  readonly ok: boolean;
  readonly message: string;
}

/** A form that a server action answers, in words, below its button. */
export function ActionForm({
  action,
  label,
  busy = "Saving…",
  danger = false,
  className = "",
  children,
}: {
  action: (before: Answer | null, form: FormData) => Promise<Answer>;
  label: string;
  busy?: string;
  danger?: boolean;
  className?: string;
  children?: ReactNode;
}) {
  const [answer, act, pending] = useActionState<Answer | null, FormData>(action, null);
  const look = danger ? "bg-bad text-ground" : "bg-accent text-accent-ink";
  return (
    <form action={act} className={`no-print ${className}`}>
      <div className="flex flex-wrap items-end gap-3">
        {children}
        <button
          type="submit"
          disabled={pending}
          className={`h-8 rounded-md px-3 text-sm font-medium hover:opacity-90 disabled:opacity-60 ${look}`}
        >
          {pending ? busy : label}
        </button>
      </div>
      <p
        role={answer && !answer.ok ? "alert" : "status"}
        className={`text-sm whitespace-pre-line ${answer ? "mt-2" : ""} ${answer?.ok ? "text-good" : "text-bad"}`}
      >
        {answer?.message}
      </p>
    </form>
  );
}
