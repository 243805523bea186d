/** What Run:ai's command line calls the types of workloads that its API names. */
const TYPES: Readonly<Record<string, { readonly group: string; readonly type: string }>> = {
  Workspace: { group: "workspace", type: "workspace" },
  Training: { group: "training", type: "training" },
  Distributed: { group: "training pytorch", type: "training" },
  Inference: { group: "inference", type: "inference" },
};

export interface StopCommand {
  /** What it does: `Suspend` keeps the workload, `Delete` does not. */
  readonly act: "Suspend" | "Delete";
  readonly command: string;
}

/**
 * Commands that free the GPUs of a workload, gentlest first, for Run:ai's command line 2. A service cannot be suspended.
 * Empty for workloads of other types, which Run:ai does not manage.
 */
export function stopCommands(w: {
  readonly name: string;
  readonly type: string;
  readonly project: string;
}): StopCommand[] {
  const known = TYPES[w.type];
  if (!known) return [];
  const project = `-p ${quoted(w.project)}`;
  const remove = `runai workload delete ${project} --type ${known.type} ${quoted(w.name)}`;
  const out: StopCommand[] = [{ act: "Delete", command: remove }];
  if (known.type !== "inference")
    out.unshift({ act: "Suspend", command: `runai ${known.group} suspend ${quoted(w.name)} ${project}` });
  return out;
}

/** A word for a shell: as it is where that is safe, else in single quotes. */
const quoted = (text: string): string => (/^[\w.@%+=:,/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
