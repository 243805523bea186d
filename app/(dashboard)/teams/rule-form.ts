import type { Params } from "@/components/href.ts";
import type { RuleActInput } from "@/lib/attribution/input.ts";
import type { RuleKind, TeamRule } from "@/lib/attribution/types.ts";
import { AppError } from "@/lib/errors.ts";
import { dateOfKey, parseDay } from "@/lib/time.ts";

/** The change of rules that the address, or the form that saves it, asks for. @throws AppError `invalid` for what is not a day. */
export function readAct(params: Params): RuleActInput {
  const { act = "add", id = "", before } = params;
  if (act === "end") return { act, id, untilDay: parseDay(params.day ?? "") };
  if (act === "move") return { act, id, before: before || null, fromDay: parseDay(params.day ?? "") };
  const rule = {
    kind: (params.kind ?? "project") as RuleKind,
    label: params.kind === "label" ? (params.label ?? "") : "",
    pattern: params.pattern ?? "",
    clusterId: params.cluster ?? "",
    teamKey: Number(params.team ?? 0),
    fromDay: parseDay(params.day ?? ""),
    untilDay: params.until ? parseDay(params.until) : null,
  };
  if (act === "change") return { act, id, rule };
  if (act === "add") return { act, rule, before: before || null };
  throw new AppError("invalid", `"${act}" cannot be done to a rule.`);
}

/** What the form calls the parts of an act. */
export const RULE_FIELDS: Readonly<Record<string, string>> = {
  untilDay: "day",
  fromDay: "day",
  "rule.kind": "kind",
  "rule.label": "label",
  "rule.pattern": "pattern",
  "rule.clusterId": "cluster",
  "rule.teamKey": "team",
  "rule.fromDay": "day",
  "rule.untilDay": "until",
};

/** Everything that the form holds, as parameters of an address. */
export const FORM_KEYS = [
  "act",
  "id",
  "kind",
  "label",
  "pattern",
  "cluster",
  "team",
  "day",
  "until",
  "before",
] as const;

export function paramsOf(rule: TeamRule, today: string): Params {
  return {
    id: rule.id,
    kind: rule.kind,
    label: rule.label,
    pattern: rule.pattern,
    cluster: rule.clusterId,
    team: String(rule.teamKey),
    day: today,
    until: rule.untilDay === null ? "" : dateOfKey(rule.untilDay),
  };
}
