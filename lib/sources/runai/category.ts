import type { Category } from "@/lib/sources/source.ts";

const TRAIN = [
  "training",
  "distributed",
  "runaijob",
  "job",
  "cronjob",
  "jobset",
  "trainjob",
  "pytorchjob",
  "tfjob",
  "mpijob",
  "jaxjob",
  "xgboostjob",
  "paddlejob",
  "rayjob",
  "raycluster",
  "sparkapplication",
  "workflow",
  "pipelinerun",
  "taskrun",
];
const BUILD = ["workspace", "interactive", "jupyter", "jupyternotebook", "notebook", "devworkspace", "virtualmachine"];
const DEPLOY = [
  "inference",
  "distributedinference",
  "deployment",
  "statefulset",
  "replicaset",
  "service",
  "knative",
  "knativeservice",
  "inferenceservice",
  "nimservice",
  "nimpipeline",
  "rayservice",
  "seldondeployment",
  "leaderworkerset",
  "dynamographdeployment",
];

const BY_TYPE: ReadonlyMap<string, Category> = new Map([
  ...TRAIN.map((type) => [type, "Train"] as const),
  ...BUILD.map((type) => [type, "Build"] as const),
  ...DEPLOY.map((type) => [type, "Deploy"] as const),
]);

/**
 * The category as the source reports it; before 2.22 it reports none, and it follows from the type: a submission type,
 * a Kubernetes kind, or the spelling of the `workloadKind` label (`TrainingWorkload`). `Other` for a type that is in no
 * table.
 */
export function categoryOf(given: string | null | undefined, type: string): Category {
  if (given) return given;
  const kind = type.toLowerCase().replace(/[^a-z]/g, "");
  return BY_TYPE.get(kind) ?? BY_TYPE.get(kind.replace(/workload$/, "")) ?? "Other";
}
