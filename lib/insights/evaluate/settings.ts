import { AppError } from "@/lib/errors.ts";
import { RULES } from "@/lib/insights/rules/index.ts";
import type { Thresholds } from "@/lib/insights/rules/rule.ts";

/** What the settings say of rules: thresholds other than a rule's own, or that it is off. */
export interface RuleSettings {
  of(slug: string): Thresholds | "off";
}

const known = (slug: string): readonly string[] | undefined =>
  RULES.filter((r) => r.slug === slug).map((r) => Object.keys(r.thresholds))[0];

const NONE: Thresholds = {};

/**
 * Reads `dead-idle.after_minutes=20, keep-alive=off`.
 * @throws AppError `invalid` naming a rule or threshold that does not exist, or a value that is not a number.
 */
export function parseRuleSettings(text: string): RuleSettings {
  const out = new Map<string, Record<string, number> | "off">();
  for (const part of text.split(",").map((p) => p.trim())) {
    if (!part) continue;
    const [, slug = "", name, value = ""] = /^([a-z-]+)(?:\.([a-z_]+))?\s*=\s*(\S+)$/.exec(part) ?? [];
    const names = known(slug);
    if (!names)
      throw wrong(
        part,
        slug
          ? `there is no rule "${slug}"; the rules are ${RULES.map((r) => r.slug).join(", ")}`
          : "write rule.threshold=number, or rule=off",
      );
    if (name === undefined) {
      if (value !== "off") throw wrong(part, "write rule.threshold=number, or rule=off");
      out.set(slug, "off");
      continue;
    }
    const number = Number(value);
    if (!names.includes(name)) throw wrong(part, `${slug} has the thresholds ${names.join(", ")}`);
    if (!Number.isFinite(number) || number < 0) throw wrong(part, `"${value}" is not a number of 0 or more`);
    const before = out.get(slug);
    if (before !== "off") out.set(slug, { ...before, [name]: number });
  }
  return { of: (slug) => out.get(slug) ?? NONE };
}

/** Slugs of the rules that are not off. */
export const rulesInForce = (settings: RuleSettings): string[] =>
  RULES.map((r) => r.slug).filter((slug) => settings.of(slug) !== "off");

const wrong = (part: string, why: string) => new AppError("invalid", `FINDING_RULES: ${part}: ${why}.`);
