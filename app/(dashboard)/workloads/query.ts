import type { PageInput } from "@/app/page-input";
import {
  HEAVY,
  type Heavy,
  WORKLOAD_SORTS,
  type WorkloadSort,
  type WorkloadsInput,
} from "@/lib/reports/pages/workloads";

export const PAGE_SIZE = 50;
/** Orders that begin with the smallest: names. The rest begin with the largest. */
const ASCENDING: readonly WorkloadSort[] = ["name", "project", "user", "phase"];

export const startsDescending = (sort: WorkloadSort): boolean => !ASCENDING.includes(sort);

/** What the list asks for, out of its address; what it cannot read counts as not given. The page and the download share it. */
export function workloadsInput(input: PageInput): WorkloadsInput & { page: number } {
  const { params } = input;
  const sort = WORKLOAD_SORTS.find((s) => s === params.sort) ?? "gpu-hours";
  const page = Math.max(1, Math.min(1_000_000, Number.parseInt(params.page ?? "1", 10) || 1));
  return {
    period: input.period,
    zone: input.billingZone,
    cluster: input.cluster,
    project: input.project,
    user: params.user || undefined,
    category: params.category || undefined,
    phase: params.phase || undefined,
    gpuModel: params.model || undefined,
    heavy: HEAVY.find((h): h is Heavy => h === params.heavy),
    search: params.q?.trim().slice(0, 200) || undefined,
    sort,
    descending: params.dir ? params.dir === "desc" : startsDescending(sort),
    page,
    limit: PAGE_SIZE,
    offset: (page - 1) * PAGE_SIZE,
  };
}
