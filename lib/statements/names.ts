import type { Statement } from "./types.ts";

interface Places {
  readonly projectKey: number;
  readonly hardwareKey: number;
}

/** Names as a statement has them: what is renamed after its close is called there what it was called then. */
export function namesOf({ lines }: Pick<Statement, "lines">) {
  const usage = lines.filter((l) => l.kind === "usage");
  const projects = new Map(usage.map((l) => [l.projectKey, { project: l.project, department: l.department }]));
  const places = new Map(
    usage.map((l) => [l.hardwareKey, { cluster: l.cluster, nodePool: l.nodePool, gpuModel: l.gpuModel }]),
  );
  return {
    /** A row with the names of its project and place, as far as the row has them. */
    named: <T extends Partial<Places>>(row: T): T => {
      const known = {
        ...(row.projectKey === undefined ? {} : projects.get(row.projectKey)),
        ...(row.hardwareKey === undefined ? {} : places.get(row.hardwareKey)),
      };
      return { ...row, ...Object.fromEntries(Object.entries(known).filter(([name]) => name in row)) };
    },
  };
}
