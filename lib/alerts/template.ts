/** What a template may name, with what stands for it. */
export const PLACEHOLDERS = {
  title: "what the message would say in its first line",
  summary: "what it would say below",
  rule: "the name of the rule",
  team: "the team; empty: everything",
  severity: "info, warning or critical",
  change: "trigger, repeat, update, escalate, acknowledge or resolve",
  link: "the address of the page that it is about",
} as const;
export type Placeholder = keyof typeof PLACEHOLDERS;

export interface TemplateValues extends Readonly<Record<Placeholder, string>> {
  readonly facts: readonly { readonly label: string; readonly value: string }[];
}

const PART = /\{([^{}]*)\}/g;
const FACT = /^fact\s+(\S.*)$/;
const isKnown = (name: string): name is Placeholder => Object.hasOwn(PLACEHOLDERS, name);

/** What is wrong with a template, in words; null: nothing. */
export function templateProblem(text: string): string | null {
  for (const [whole, name = ""] of text.matchAll(PART))
    if (!isKnown(name) && !FACT.test(name))
      return `${whole} is not known here: use {${Object.keys(PLACEHOLDERS).join("}, {")}} or {fact Cluster} for a line of the message.`;
  return /[{}]/.test(text.replaceAll(PART, "")) ? "A brace is not closed, or not opened." : null;
}

/** A template with its parts filled in; a fact that the message does not have is empty. Empty: the template says nothing of its own. */
export function fillTemplate(template: string, values: TemplateValues): string {
  return template
    .replaceAll(PART, (_, name: string) => {
      if (isKnown(name)) return values[name];
      const label = FACT.exec(name)?.[1]?.toLowerCase();
      return values.facts.find((fact) => fact.label.toLowerCase() === label)?.value ?? "";
    })
    .trim();
}
