"use client";
import type { Answer } from "./actions";

export const FIELD = "h-8 w-full rounded-md border border-line-strong bg-ground px-2 text-sm text-ink";
export const BUTTON =
  "h-8 rounded-md border border-line-strong px-3 text-sm font-medium whitespace-nowrap hover:bg-raised disabled:opacity-60";
export const PRIMARY =
  "h-8 rounded-md bg-accent px-3 text-sm font-medium whitespace-nowrap text-accent-ink hover:opacity-90 disabled:opacity-60";

/** What came of a form: done, or what is wrong at which line. */
export function AnswerText({ answer }: { answer: Answer | null }) {
  if (!answer) return null;
  if (answer.ok)
    return (
      <p role="status" className="mt-2 text-sm text-good">
        {answer.message}
      </p>
    );
  return (
    <div role="alert" className="mt-2 text-sm text-bad">
      <p>{answer.message}</p>
      {answer.problems && answer.problems.length > 0 && (
        <ul className="mt-1 list-disc pl-5">
          {answer.problems.map((p) => (
            <li key={`${p.line} ${p.field} ${p.message}`}>
              {[p.line ? `Line ${p.line}` : "", p.field.replaceAll("_", " ")].filter(Boolean).join(", ")}
              {p.line || p.field ? ": " : ""}
              {p.message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
