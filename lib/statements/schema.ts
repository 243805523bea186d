import { z } from "zod";
import { PRICE_CLASSES } from "@/lib/pricing/types.ts";
import { LINE_KINDS, type StatementHeader, type StatementLine } from "./types.ts";

const integer = z.number().int();
const points = z.array(z.object({ label: z.string(), amountMicros: integer.nullable() }));

/** What was written down at the close, read back: a row that was tampered with does not pass for a statement. */
const lineSchema = z.object({
  key: z.string(),
  kind: z.enum(LINE_KINDS),
  description: z.string(),
  fromDay: integer,
  untilDay: integer,
  cluster: z.string(),
  department: z.string(),
  project: z.string(),
  projectKey: integer,
  hardwareKey: integer,
  gpuModel: z.string(),
  nodePool: z.string(),
  sku: z.enum(["gpu", "cpu", "memory", "gpu-memory", ""]),
  priceClass: z.enum([...PRICE_CLASSES, ""]),
  priceKey: integer,
  priceVersion: integer.nullable(),
  quantity: integer.nullable(),
  unitPriceNanos: integer.nullable(),
  foreign: z
    .object({
      ...{ currency: z.string(), unitPriceNanos: integer },
      ...{ rateNanos: integer, rateDay: integer, rateSource: z.string() },
    })
    .optional(),
  amountMicros: integer,
  idleQuantity: integer,
  idleMicros: integer,
  observedMilli: integer,
  expectedMilli: integer,
  method: z.enum(["platform", "charges", "quota", "equal", "node-pool", "unused-quota", "direct", ""]),
  weight: integer,
  weightTotal: integer,
  corrects: z.string(),
  reason: z.string(),
  before: z.object({ quantity: integer.nullable(), amountMicros: integer }).optional(),
});

const headerSchema = z.object({
  issuer: z.string(),
  billingTimeZone: z.string(),
  currency: z.string(),
  period: z.object({
    id: z.string(),
    fiscalYear: integer,
    fromDay: integer,
    untilDay: integer,
    start: integer,
    end: integer,
  }),
  team: z.object({
    key: integer,
    name: z.string(),
    costCentre: z.string(),
    glAccount: z.string(),
    owner: z.string(),
  }),
  usageMicros: integer,
  shareMicros: integer,
  costMicros: integer,
  correctionMicros: integer,
  totalMicros: integer,
  roundedMicros: integer,
  roundingMicros: integer,
  previousMicros: integer.nullable(),
  idleQuantity: integer,
  idleMicros: integer,
  observedMilli: integer,
  expectedMilli: integer,
  classMicros: z.record(z.string(), integer),
  days: points,
  months: points,
  policies: z.array(z.string()),
  dispute: z.string().optional(),
  approver: z.string().optional(),
  budgetMicros: integer.nullable().optional(),
  overrides: z.array(
    z.object({
      ...{ item: z.string(), reason: z.string(), by: z.string() },
      ...{ title: z.string().optional(), detail: z.string().optional() },
    }),
  ),
});

/** Parses a frozen line. @throws ZodError if the text is not one. */
export const readLine = (text: string): StatementLine => lineSchema.parse(JSON.parse(text)) as StatementLine;
/** Parses a frozen header. @throws ZodError if the text is not one. */
export const readHeader = (text: string): StatementHeader => headerSchema.parse(JSON.parse(text)) as StatementHeader;
