import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { TRAVELLING } from "@/components/href.ts";
import type { TableView } from "@/components/tables/view.ts";
import {
  HEAVY,
  WORKLOAD_SORTS,
  type WorkloadRow,
  type WorkloadSort,
  type WorkloadsInput,
} from "@/lib/pages/workloads.ts";
import { listProjectChoices, listWorkloadChoices, MOST_CHOICES } from "@/lib/reports/read/choices.ts";
import { workloadColumns } from "./columns.tsx";

export const PAGE_SIZE = 50;
/** What the list can be narrowed by, in the address. */
export const FILTERS = ["cluster", "project", "user", "category", "phase", "model", "heavy", "q"] as const;

type Choice = { readonly value: string; readonly label: string };
export interface WorkloadList {
  readonly view: TableView<WorkloadRow>;
  readonly query: WorkloadsInput;
  readonly page: number;
  readonly choices: Readonly<Record<"project" | "user" | "category" | "phase" | "model", readonly Choice[]>>;
}

export async function readProject(input: PageInput): Promise<{ projects: readonly Choice[]; project?: number }> {
  const all = await listProjectChoices(input.ctx);
  const projects = all.map((p) => ({
    value: String(p.key),
    label: input.clusters.length > 1 ? `${p.name} (${p.cluster})` : p.name,
  }));
  const chosen = input.address.choice("project", "project", projects, "Every project is shown");
  return { projects, ...(chosen === undefined ? {} : { project: Number(chosen) }) };
}

/** What the list asks for, out of its address. The page and the download share it. */
export async function readWorkloads(input: PageInput): Promise<WorkloadList> {
  const { address, params } = input;
  address.only([...TRAVELLING, ...FILTERS, ...tableNames()]);
  const [{ projects, project }, lists] = await Promise.all([readProject(input), listWorkloadChoices(input.ctx)]);
  const view = readView(input, workloadColumns(input.ctx.ledger.currency), {
    ...{ label: "Workloads", path: "/workloads", list: "workloads", sort: "gpu-hours" },
  });
  const page = address.page();
  const one = (name: string, what: string, choices: readonly Choice[], instead: string) =>
    // Not every one is in a list that is cut off: what is not may still be there.
    choices.length >= MOST_CHOICES ? params[name] : address.choice(name, what, choices, instead);
  const choices = {
    project: projects,
    user: plain(lists.users, params.user),
    category: plain(lists.categories),
    phase: plain(lists.phases),
    model: plain(lists.models),
  };
  const query: WorkloadsInput = {
    period: input.period,
    zone: input.billingZone,
    cluster: input.cluster,
    project,
    user: one("user", "user", choices.user, "Every user is shown"),
    category: one("category", "category", choices.category, "Every category is shown"),
    phase: one("phase", "phase", choices.phase, "Every phase is shown"),
    gpuModel: one("model", "GPU model", choices.model, "Every model is shown"),
    heavy: address.word("heavy", HEAVY, "Workloads of any class are shown"),
    search: params.q?.trim().slice(0, 200) || undefined,
    sort: WORKLOAD_SORTS.find((s): s is WorkloadSort => s === view.sort) ?? "gpu-hours",
    descending: view.descending,
    limit: PAGE_SIZE,
    offset: (page - 1) * PAGE_SIZE,
  };
  return { view, query, page, choices };
}

/** Values to choose from; one that is asked for beyond the end of a list that is cut off is among them. */
function plain(values: readonly string[], asked?: string): Choice[] {
  const more = asked && values.length >= MOST_CHOICES && !values.includes(asked) ? [asked] : [];
  return [...values, ...more].map((value) => ({ value, label: value }));
}
