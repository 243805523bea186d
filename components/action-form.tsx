"use client";
import { type FormEvent, type ReactNode, startTransition, useActionState, useEffect, useRef, useState } from "react";

export interface Answer {
  readonly ok: boolean;
  readonly message: string;
  /** Shown this once, to be copied: a token, a link. */
  readonly secret?: string;
}

interface Props {
  readonly action: (before: Answer | null, form: FormData) => Promise<Answer>;
  readonly label: string;
  /** On the button while the act runs. */
  readonly busy?: string;
  readonly look?: "strong" | "plain" | "danger";
  /** What is sent beside the fields that are shown. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Fields below each other, for texts; else in a row. */
  readonly stacked?: boolean;
  readonly className?: string;
  readonly children?: ReactNode;
}

/** Bytes that a form sends: next.config.mjs takes a little more. */
const MOST_UPLOAD = 16 * 1024 * 1024;

const LOOKS = {
  strong: "bg-accent text-accent-ink hover:opacity-90",
  plain: "border border-line-strong hover:bg-raised",
  danger: "bg-bad text-ground hover:opacity-90",
} as const;

/**
 * A form that a server action answers, in words, below its button. What was typed stays until the act has succeeded: a form
 * with an action alone would be emptied by a refusal, too.
 */
export function ActionForm({
  action,
  label,
  busy = "Saving…",
  look = "strong",
  fields = {},
  stacked = false,
  className = "",
  children,
}: Props) {
  const [answer, act, pending] = useActionState<Answer | null, FormData>(action, null);
  const [tooLarge, setTooLarge] = useState<string | null>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (answer?.ok) form.current?.reset();
  }, [answer]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const large = [...data.values()].find((v) => v instanceof File && v.size > MOST_UPLOAD);
    setTooLarge(large instanceof File ? large.name : null);
    if (large) return;
    startTransition(() => act(data));
  };
  return (
    <form ref={form} action={act} onSubmit={submit} className={`no-print ${className}`}>
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <div className={stacked ? "grid gap-3 [&>button]:justify-self-start" : "flex flex-wrap items-end gap-3"}>
        {children}
        <button
          type="submit"
          disabled={pending}
          className={`h-8 rounded-md px-3 text-sm font-medium disabled:opacity-60 ${LOOKS[look]}`}
        >
          {pending ? busy : label}
        </button>
      </div>
      {tooLarge && (
        <p role="alert" className="mt-2 text-sm text-bad">
          {tooLarge} is larger than {MOST_UPLOAD / 1024 / 1024} MiB, which is the most that a page takes: pack it with
          gzip, or import it from the command line.
        </p>
      )}
      <p
        role={answer && !answer.ok ? "alert" : "status"}
        className={`text-sm whitespace-pre-line ${answer ? "mt-2" : ""} ${answer?.ok ? "text-good" : "text-bad"}`}
      >
        {answer?.message}
      </p>
      {answer?.secret && (
        <code className="mt-2 block rounded-md border border-line-strong bg-raised px-3 py-2 text-sm break-all select-all">
          {answer.secret}
        </code>
      )}
    </form>
  );
}
