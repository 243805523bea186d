import { z } from "zod";
import { tooLate } from "./horizon.ts";
import { BUDGET_SPANS, SCOPE_KINDS } from "./types.ts";

/** A day key. @param latest the last one that can be planned for (horizon.ts). */
const day = (what: string, latest: number) =>
  z
    .number({ error: "From which day? Write it as YYYY-MM-DD." })
    .int()
    .min(20000101, `${what} in the year 2000 or later.`)
    .max(latest, tooLate(what, latest));
const note = z
  .string()
  .trim()
  .max(200, "The note is longer than 200 characters.")
  .regex(/^\P{Cc}*$/u, "The note holds a control character.")
  .default("");
/** Above it sums of a year would no longer be exact. */
const MOST_MICROS = 1_000_000_000_000_000;
const percent = (what: string) =>
  z
    .number({ error: `${what} is a percentage.` })
    .int(`${what} is a whole percentage.`)
    .min(1, `${what} is at least 1 %.`)
    .max(100, `${what} is at most 100 %.`);

export const scopeSchema = z.object({
  kind: z.enum(SCOPE_KINDS, { error: `A budget is for one of: ${SCOPE_KINDS.join(", ")}.` }),
  value: z.string().max(256).default(""),
});

export const budgetSchema = (latest: number) =>
  z
    .object({
      scope: scopeSchema,
      fromDay: day("A budget begins", latest),
      span: z.enum(BUDGET_SPANS, { error: `A budget is for a ${BUDGET_SPANS.join(", ")}.` }),
      amountMicros: z
        .number({ error: "How much? Write an amount such as 12500 or 12500.50." })
        .int("An amount has at most six decimals.")
        .min(0, "A budget is not negative.")
        .max(MOST_MICROS, "A budget is below one billion.")
        .nullable(),
      carryOver: z.boolean().default(false),
      warningPercent: percent("The warning threshold").default(80),
      criticalPercent: percent("The critical threshold").default(95),
      note,
    })
    .superRefine(({ warningPercent, criticalPercent }, issues) => {
      if (warningPercent > criticalPercent)
        issues.addIssue({
          code: "custom",
          path: ["warningPercent"],
          message: "The warning threshold is above the critical one: it has to come first.",
        });
    });
export type BudgetInput = z.input<ReturnType<typeof budgetSchema>>;

export const eventSchema = (latest: number) =>
  z
    .object({
      scope: scopeSchema,
      fromDay: day("A planned event begins", latest),
      untilDay: day("A planned event ends", latest).nullable().default(null),
      changePercent: z
        .number({ error: "The change is a percentage, such as -30." })
        .int("The change is a whole percentage.")
        .min(-100, "A forecast cannot fall by more than 100 %.")
        .max(1000, "The change is at most 1000 %.")
        .default(0),
      perDayMicros: z
        .number({ error: "How much for each day? Write an amount such as 250." })
        .int()
        .min(-MOST_MICROS)
        .max(MOST_MICROS, "The amount is below one billion.")
        .default(0),
      note: note.refine((text) => text !== "", "What is planned? A word or two for the page."),
    })
    .superRefine(({ fromDay, untilDay, changePercent, perDayMicros }, issues) => {
      if (untilDay !== null && untilDay <= fromDay)
        issues.addIssue({
          code: "custom",
          path: ["untilDay"],
          message: "The event ends before it begins: the day that it ends on must come later.",
        });
      if (changePercent === 0 && perDayMicros === 0)
        issues.addIssue({
          code: "custom",
          path: ["changePercent"],
          message: "An event changes the forecast: give a percentage, an amount for each day, or both.",
        });
    });
export type EventInput = z.input<ReturnType<typeof eventSchema>>;
