"use client";
import { type FormEvent, type ReactNode, startTransition, useActionState, useEffect, useRef, useState } from "react";
import { say } from "@/components/shell/toasts.tsx";
import { Button, type ButtonLook } from "./button.tsx";
import { type Answer, FormAnswer } from "./field.tsx";

interface Props {
  readonly action: (before: Answer | null, form: FormData) => Promise<Answer>;
  readonly label: string;
  /** On the button while the act runs. */
  readonly busy?: string;
  readonly look?: ButtonLook;
  /** `small` beside what opens a panel. */
  readonly size?: "usual" | "small";
  /** What is sent beside the fields that are shown. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Fields below each other, for texts; else in a row. */
  readonly stacked?: boolean;
  readonly className?: string;
  readonly children?: ReactNode;
}

/** Bytes that a form sends: next.config.mjs takes a little more. */
const MOST_UPLOAD = 16 * 1024 * 1024;

const tooLarge = (form: FormData): Answer | null => {
  const found = [...form].find(([, value]) => value instanceof File && value.size > MOST_UPLOAD);
  if (!found) return null;
  const [name, file] = found as [string, File];
  const message = `${file.name} is larger than ${MOST_UPLOAD / 1024 / 1024} MiB, the most that a page accepts: compress it with gzip, or import it from the command line.`;
  return { ok: false, message, fields: { [name]: message } };
};

/** Answers that a toast says: they do not stand below the form, too. */
const SAID = new WeakSet<Answer>();

/** What is wrong with fields that are not shown. */
const hiddenProblems = (answer: Answer | null, fields: Readonly<Record<string, string>>): string[] =>
  Object.entries(answer?.fields ?? {}).flatMap(([name, problem]) => (name in fields ? [problem] : []));

/**
 * A form that a server action answers. What is wrong with a field stands at the field, which gets the focus; what was typed
 * stays until the act has succeeded, which a toast says. Without a script the page comes back with the same answer.
 */
export function ActionForm({
  action,
  label,
  busy = "Saving…",
  look = "strong",
  size = "usual",
  fields = {},
  stacked = false,
  className = "",
  children,
}: Props) {
  // A form may be gone with the answer, as that of a row that it removed: then nobody but the page can show the message.
  const said: Props["action"] = async (before, sent) => {
    const given = await action(before, sent);
    if (given.ok && given.message && !given.secret) {
      SAID.add(given);
      say(given.message);
    }
    return given;
  };
  // The document of the server names the act itself, which runs without a script.
  const [answered, act, pending] = useActionState(typeof window === "undefined" ? action : said, null);
  const [refused, setRefused] = useState<Answer | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const answer = refused ?? answered;
  const words =
    answer && SAID.has(answer) ? "" : [answer?.message, ...hiddenProblems(answer, fields)].filter(Boolean).join(" ");
  useEffect(() => {
    if (answer?.ok) form.current?.reset();
    else if (answer) form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [answer]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const large = tooLarge(data);
    setRefused(large);
    // An action that the form calls itself would empty the fields of a refusal, too.
    if (!large) startTransition(() => act(data));
  };
  return (
    <form ref={form} action={act} onSubmit={submit} noValidate className={`no-print ${className}`}>
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <FormAnswer value={answer}>
        <div className={stacked ? "grid gap-3 [&>button]:justify-self-start" : "flex flex-wrap items-start gap-3"}>
          {children}
          <div className={stacked || !children ? "" : "sm:pt-5.5"}>
            <Button type="submit" look={look} size={size} disabled={pending}>
              {pending ? busy : label}
            </Button>
          </div>
        </div>
      </FormAnswer>
      <p
        role={answer && !answer.ok ? "alert" : "status"}
        className={`text-sm whitespace-pre-line ${words ? "mt-2" : ""} ${answer?.ok ? "text-good" : "text-bad"}`}
      >
        {words}
      </p>
      {answer?.secret && (
        <code className="mt-2 block rounded-md border border-line-strong bg-raised px-3 py-2 text-sm break-all select-all">
          {answer.secret}
        </code>
      )}
    </form>
  );
}
