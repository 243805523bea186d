import { z } from "zod";
import { tooLate } from "@/lib/budgets/horizon.ts";
import { scopeSchema } from "@/lib/budgets/input.ts";
import { parseDecimal } from "@/lib/money.ts";
import { BASES, CATEGORIES, COUNT_SOURCES, PERS } from "./types.ts";

const line = (what: string, most: number) =>
  z
    .string({ error: `${what} is missing.` })
    .trim()
    .max(most, `${what} is longer than ${most} characters.`)
    .regex(/^\P{Cc}*$/u, `${what} holds a control character.`);
const day = (what: string) =>
  z
    .number({ error: `${what} Write it as YYYY-MM-DD.` })
    .int()
    .min(20000101, "The day is before the year 2000: check the year.");
/** Above it sums would no longer be exact. */
const MOST_MICROS = 1_000_000_000_000_000;
const amount = (what: string) =>
  z
    .number({ error: `${what} is an amount such as 3 or 0.0025.` })
    .int("An amount has at most six decimals.")
    .min(0, `${what} is not negative.`)
    .max(MOST_MICROS, `${what} is below one billion.`)
    .nullable()
    .default(null);

/** The length of the window that a query counts in, as the source's language writes durations. */
export const WINDOW = "$window";

/** @param latest the last day that something can be planned for (horizon.ts). */
export const unitSchema = (latest: number) =>
  z
    .object({
      name: line("The name", 80).min(1, "What is it called? Give it a name."),
      noun: line("What is counted", 40)
        .min(1, "What is counted? One word, such as request, token or lead.")
        .regex(/^[\p{L}\p{N} -]*$/u, "What is counted is a word or two, such as training run."),
      per: z.union(
        PERS.map((n) => z.literal(n)),
        { error: `The cost is shown for one of: ${PERS.join(", ")}.` },
      ),
      scope: scopeSchema,
      label: line("The label", 200)
        .regex(/^$|^[^=\s]+=\S.*$/, "Write a label as key=value, such as ai-finops.io/model=llama-70b.")
        .default(""),
      gpuModel: line("The GPU model", 120).default(""),
      category: z.enum(["", ...CATEGORIES], { error: `A category is one of ${CATEGORIES.join(", ")}.` }).default(""),
      loaded: z.boolean().default(false),
      basis: z.enum(BASES, { error: `A basis is one of ${BASES.join(", ")}.` }).default("allocation"),
      source: z
        .enum(COUNT_SOURCES, { error: `Counts come from one of: ${COUNT_SOURCES.join(", ")}.` })
        .default("reported"),
      query: z.string().trim().max(2000, "The query is longer than 2,000 characters.").default(""),
      emptyIsZero: z.boolean().default(false),
      countsFromDay: day("From which day are counts read?").max(latest, tooLate("Counts are read", latest)),
      targetMicros: amount("The target"),
      thresholdMicros: amount("The threshold"),
      note: line("The note", 200).default(""),
    })
    .superRefine((unit, issues) => {
      const say = (path: string, message: string) => issues.addIssue({ code: "custom", path: [path], message });
      if (unit.source === "query" && !unit.query.includes(WINDOW))
        say(
          "query",
          `The query counts in a window: write its length as ${WINDOW}, such as sum(increase(requests_total[${WINDOW}])).`,
        );
      if (unit.source !== "query" && unit.query !== "")
        say("query", "A query needs counts from a query: choose that, or leave it empty.");
      if ((unit.source === "requests" || unit.source === "tokens") && unit.category !== "Deploy")
        say("category", `Only inference workloads report ${unit.source}: choose inference.`);
      if (unit.loaded && (unit.label || unit.gpuModel || unit.category))
        say(
          "loaded",
          "Shares and imported cost belong to no workload: leave label, GPU model and category empty, or leave them out.",
        );
      if (unit.targetMicros !== null && unit.thresholdMicros !== null && unit.thresholdMicros < unit.targetMicros)
        say("thresholdMicros", "The threshold is below the target: the alert would come before the target is missed.");
    });
export type UnitInput = z.input<ReturnType<typeof unitSchema>>;

/** A count as people write it, in thousandths; null for anything else. At most three decimals, below nine trillion. */
export function parseCount(text: string): number | null {
  const milli = parseDecimal(text.trim(), 3);
  return milli !== null && milli >= 0 ? milli : null;
}

const MOST_COUNTS = 10_000;
/** Ids that start so are those of windows of a source. */
export const READ_PREFIX = "read/";

export const countsSchema = z
  .array(
    z.object({
      id: line("The id of a count", 120)
        .min(1, "Every count needs an id: sending it again must not count it twice.")
        .refine(
          (id) => !id.startsWith(READ_PREFIX),
          `An id does not begin with ${READ_PREFIX}: those are counts of a source.`,
        ),
      day: day("Of which day is the count?"),
      /** Null withdraws it. */
      countMilli: z
        .number({ error: "How many? Write a number such as 1200 or 0.5." })
        .int("A count has at most three decimals.")
        .min(0, "A count is not negative.")
        .max(Number.MAX_SAFE_INTEGER, "The count is too large.")
        .nullable(),
    }),
  )
  .min(1, "There is no count.")
  .max(MOST_COUNTS, `At most ${MOST_COUNTS} counts at once.`)
  .superRefine((counts, issues) => {
    const seen = new Set<string>();
    for (const { id } of counts) {
      if (seen.has(id)) issues.addIssue({ code: "custom", message: `The id "${id}" is there twice.` });
      seen.add(id);
    }
  });
export type CountInput = z.input<typeof countsSchema>[number];
