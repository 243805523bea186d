import type { RuleWords } from "@/lib/insights/rules/rule.ts";
import { own } from "@/lib/order.ts";
import type { StopCommand } from "./types.ts";

/** What Run:ai's command line calls the types of workloads that its API names. */
const TYPES: Readonly<Record<string, { readonly group: string; readonly type: string }>> = {
  Workspace: { group: "workspace", type: "workspace" },
  Training: { group: "training", type: "training" },
  Distributed: { group: "training pytorch", type: "training" },
  Inference: { group: "inference", type: "inference" },
};

/** The name of the source whose workloads have commands (lib/sources). */
const RUNAI = "runai";

/** What names a workload on Run:ai's command line. */
export interface Stoppable {
  readonly name: string;
  readonly type: string;
  readonly project: string;
  /** The source that owns its cluster. */
  readonly source: string;
}

/**
 * Commands that free the GPUs of a workload, gentlest first, for Run:ai's command line 2. A service cannot be suspended.
 * Empty for workloads of other sources, and of other types, which Run:ai does not manage.
 */
export function stopCommands(w: Stoppable): StopCommand[] {
  const known = own(TYPES, w.type);
  if (!known || w.source !== RUNAI) return [];
  const project = `-p ${quoted(w.project)}`;
  const remove = `runai workload delete ${project} --type ${known.type} ${quoted(w.name)}`;
  const out: StopCommand[] = [{ act: "Delete", command: remove }];
  if (known.type !== "inference")
    out.unshift({ act: "Suspend", command: `runai ${known.group} suspend ${quoted(w.name)} ${project}` });
  return out;
}

/** The advice of a rule; where it is to stop the workload, with the command that does it. */
export function adviceFor(rule: RuleWords, w: Stoppable): string {
  const [first] = rule.stops ? stopCommands(w) : [];
  return first ? `${rule.advice} ${first.act}: ${first.command}` : rule.advice;
}

/** The page of Run:ai that lists workloads: it documents no address of a single one. Null for other sources. */
export const workloadsPage = (source: string, url: string | undefined): string | null =>
  url && source === RUNAI ? `${url.replace(/\/+$/, "")}/workloads` : null;

/** A word for a shell: as it is where that is safe, else in single quotes. */
const quoted = (text: string): string => (/^[\w.@%+=:,/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
