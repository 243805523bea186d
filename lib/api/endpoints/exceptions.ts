import { z } from "zod";
import { defineGet, type Endpoint } from "@/lib/api/endpoint.ts";
import { parseFormat } from "@/lib/api/report-request.ts";
import { rowsAnswer } from "@/lib/api/rows-answer.ts";
import { FORMAT_QUERY, rowSchema } from "@/lib/api/schemas.ts";
import { EXCEPTION_COLUMNS, exceptionRow } from "@/lib/exports/exceptions.ts";
import { parseInput } from "@/lib/input.ts";
import { createException, endException, loadExceptions } from "@/lib/insights/findings/exceptions.ts";
import { EXCEPTION_KINDS } from "@/lib/insights/findings/types.ts";
import { parseEdge } from "@/lib/time.ts";

export const exceptions = defineGet({
  path: "/api/v1/exceptions",
  action: "exceptions.read",
  tag: "findings",
  summary: "What the rules of findings leave alone, those in force first",
  query: { ...FORMAT_QUERY },
  json: z.object({ rows: z.array(rowSchema(EXCEPTION_COLUMNS)) }),
  files: ["csv"],
  async answer(ctx, { query }) {
    const rows = (await loadExceptions(ctx)).map((e) => exceptionRow(e, ctx.now()));
    return rowsAnswer(EXCEPTION_COLUMNS, rows, parseFormat(query.format ?? "json"), "exceptions");
  },
});

const addSchema = z.object({
  rule: z.string().default("").meta({ description: "The slug of a rule; empty or absent: every rule." }),
  kind: z.enum(EXCEPTION_KINDS),
  pattern: z.string().meta({ description: "A name or id; * stands for any characters. Of a project its whole name." }),
  reason: z.string(),
  until: z.string().meta({ description: "The day, or instant, on which it ends: within 400 days." }),
});
const endSchema = z.object({
  end: z.string().meta({ description: "The id of an exception that ends now." }),
  reason: z.string(),
});
const changeSchema = z.union([endSchema, addSchema]);

export const changeException: Endpoint = {
  method: "POST",
  path: "/api/v1/exceptions",
  action: "findings.decide",
  tag: "findings",
  summary: "Lets rules leave something alone, or ends that",
  parts: {},
  query: {},
  body: {
    description: "What to leave alone and until when; or `end` with the id of an exception.",
    schema: changeSchema,
  },
  json: z.object({ exception: z.string() }),
  async answer(ctx, { body }) {
    const given = parseInput(changeSchema, body as z.input<typeof changeSchema>);
    if ("end" in given) {
      await endException(ctx, { exception: given.end, reason: given.reason });
      return { body: { exception: given.end } };
    }
    const until = parseEdge(given.until, ctx.ledger.zone);
    return { body: { exception: await createException(ctx, { ...given, until }) } };
  },
};
