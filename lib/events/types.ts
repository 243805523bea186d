import { z } from "zod";

export const UNITS = ["second", "minute", "hour"] as const;
export type EventUnit = (typeof UNITS)[number];
export const NAMINGS = ["camel", "snake"] as const;
export type Naming = (typeof NAMINGS)[number];

/** What an event may be about: the customer, as billing systems call it. */
export const SUBJECTS = {
  workload: "Workload name",
  "workload-id": "Workload id",
  project: "Project",
  department: "Department",
  namespace: "Namespace",
  user: "Submitter",
  cluster: "Cluster",
} as const;
export type Subject = keyof typeof SUBJECTS;
const SUBJECT_NAMES = Object.keys(SUBJECTS) as [Subject, ...Subject[]];

/** `gpuAllocationMinutes = gpu_minutes, user =`: fields under other names; an empty name leaves one out. */
export type Renames = Readonly<Record<string, string>>;

const FIELD = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** @returns null where an entry is not `name = name`. */
export function parseRenames(text: string): Renames | null {
  const out: Record<string, string> = {};
  for (const entry of text.split(/[,\n]/)) {
    if (entry.trim() === "") continue;
    const [from = "", to = "", ...more] = entry.split("=").map((part) => part.trim());
    if (!entry.includes("=") || more.length || !FIELD.test(from) || (to !== "" && !FIELD.test(to))) return null;
    out[from] = to;
  }
  return out;
}

/** How usage becomes an event. Of texts, as a form sends them; an empty text is the default. */
export const mappingSchema = z.object({
  unit: z.enum(UNITS, { error: "Choose a unit." }).default("minute"),
  naming: z.enum(NAMINGS, { error: "Choose a style of names." }).default("camel"),
  subject: z.enum(SUBJECT_NAMES, { error: "Choose a subject." }).default("workload"),
  type: z
    .string()
    .regex(/^\S{1,100}$/, "A type has at most 100 characters and no spaces.")
    .default("workload"),
  source: z
    .string()
    .regex(/^[\w.:/-]{1,200}$/, "A source is a URI without spaces, such as gpu-ledger.")
    .default("gpu-ledger"),
  renames: z
    .string()
    .default("")
    .transform((text, ctx): Renames => {
      const renames = parseRenames(text);
      if (renames) return renames;
      ctx.addIssue({ code: "custom", message: "Write names as gpuAllocationMinutes = gpu_minutes, with commas." });
      return z.NEVER;
    }),
});
export type Mapping = z.output<typeof mappingSchema>;

/** Fields of the mapping that receivers count by: they stay as they are once something was sent. */
export const FIXED_FIELDS = ["unit", "naming", "source", "type", "renames"] as const;

/** CloudEvents 1.0, as JSON. */
export interface CloudEvent {
  readonly specversion: "1.0";
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  /** RFC 3339. */
  readonly time: string;
  readonly datacontenttype: "application/json";
  readonly data: Readonly<Record<string, unknown>>;
}
