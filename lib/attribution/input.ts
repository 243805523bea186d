import { z } from "zod";
import { RULE_KINDS, type RuleKind } from "./types.ts";

const line = (what: string, most = 120) =>
  z
    .string({ error: `${what} is missing.` })
    .trim()
    .max(most, `${what} is longer than ${most} characters.`)
    .regex(/^\P{Cc}*$/u, `${what} holds a control character.`);

export const teamInputSchema = z.object({
  name: line("The team's name", 80).min(1, "A team needs a name."),
  costCentre: line("The cost centre", 80).default(""),
  glAccount: line("The GL account", 80).default(""),
  owner: line("The owner").default(""),
});
export type TeamInput = z.input<typeof teamInputSchema>;

/** A label's key as Kubernetes takes it: `team` or `example.com/team`. */
const LABEL_KEY = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;
const day = z.number().int().min(20000101, "A rule begins in the year 2000 or later.").max(99991231);

const matchFields = {
  kind: z.enum(RULE_KINDS, { error: `A rule looks at one of: ${RULE_KINDS.join(", ")}.` }),
  label: line("The label's key", 320).default(""),
  pattern: line("The pattern", 256).min(1, "The pattern is empty: write a name, or * for everything that has one."),
  clusterId: line("The cluster", 256).default(""),
  teamKey: z.number().int(),
};

const aboutLabel = ({ kind, label }: { kind: RuleKind; label: string }): string | null => {
  if (kind !== "label") return label ? `Only a rule by label names a label, not one by ${kind}.` : null;
  if (!label) return "Which label? Name its key, such as ai-finops.io/team.";
  return LABEL_KEY.test(label) ? null : `"${label}" is not the key of a label: write it as ai-finops.io/team.`;
};

/** What a rule looks for and whose that is. */
export const ruleDraftSchema = z
  .object({ ...matchFields, fromDay: day, untilDay: day.nullable().default(null) })
  .superRefine((draft, issues) => {
    const problem = aboutLabel(draft);
    if (problem) issues.addIssue({ code: "custom", path: ["label"], message: problem });
    if (draft.untilDay !== null && draft.untilDay <= draft.fromDay)
      issues.addIssue({
        code: "custom",
        path: ["untilDay"],
        message: "The rule ends before it begins: the day that it ends on must come later.",
      });
  });
export type RuleDraft = z.output<typeof ruleDraftSchema>;

/** What may be done to the rules. `before`: the rule that it comes before; null: it comes last. */
export const ruleActSchema = z.discriminatedUnion("act", [
  z.object({ act: z.literal("add"), rule: ruleDraftSchema, before: z.string().nullable().default(null) }),
  z.object({ act: z.literal("change"), id: z.string(), rule: ruleDraftSchema }),
  z.object({ act: z.literal("move"), id: z.string(), before: z.string().nullable(), fromDay: day }),
  z.object({ act: z.literal("end"), id: z.string(), untilDay: day }),
]);
export type RuleAct = z.output<typeof ruleActSchema>;
export type RuleActInput = z.input<typeof ruleActSchema>;
