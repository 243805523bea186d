import type { ReactNode } from "react";
import { ClassBar } from "@/components/class-bar";
import { Coverage } from "@/components/coverage";
import { RowLink, Table, Td, Th } from "@/components/data-table";
import { formatGpus, formatMoment } from "@/components/format";
import { href, type Params, travelling } from "@/components/href";
import { Phase } from "@/components/phase";
import { GpuHours, Percent, Unknown } from "@/components/quantity";
import type { WorkloadRow, WorkloadSort } from "@/lib/reports/pages/workloads";
import type { WorkloadColumn } from "./columns";
import { startsDescending } from "./query";

interface TableProps {
  readonly rows: readonly WorkloadRow[];
  readonly columns: readonly WorkloadColumn[];
  readonly params: Params;
  readonly path: string;
  readonly sort: WorkloadSort;
  readonly descending: boolean;
  readonly zone: string;
}

/** Workloads as rows; the head sorts by links, so that the order is in the address. */
export function WorkloadTable({ rows, columns, params, path, sort, descending, zone }: TableProps) {
  const carry = travelling(params);
  return (
    <Table label="Workloads">
      <thead>
        <tr>
          {columns.map((c) => (
            <Th key={c.key} right={c.right ?? false} {...(c.sort ? { sort: sortLink(c.sort) } : {})}>
              {c.label}
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key} className="hover:bg-raised">
            {columns.map((c) => (
              <Td key={c.key} right={c.right ?? false} className={WIDTHS[c.key] ?? ""}>
                {cell(c.key, row, carry, zone)}
              </Td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );

  function sortLink(by: WorkloadSort) {
    const active = by === sort;
    const next = active ? !descending : startsDescending(by);
    return { href: href(path, params, { sort: by, dir: next ? "desc" : "asc", page: undefined }), active, descending };
  }
}

const WIDTHS: Record<string, string> = {
  name: "max-w-72 min-w-44 truncate",
  project: "max-w-44 truncate",
  user: "max-w-48 truncate",
  model: "max-w-44 truncate",
  classes: "min-w-32",
};

function cell(key: string, row: WorkloadRow, carry: Params, zone: string): ReactNode {
  switch (key) {
    case "name":
      return (
        <span title={row.name}>
          <RowLink to={href(`/workloads/${row.key}`, carry)}>{row.name}</RowLink>
        </span>
      );
    case "project":
      return <span title={`${row.project}, ${row.cluster}`}>{row.project}</span>;
    case "user":
      return row.user ? <span title={row.user}>{row.user}</span> : <Unknown />;
    case "category":
      return row.category || <Unknown />;
    case "phase":
      return <Phase of={row.phase} />;
    case "model":
      return row.gpuModels ? <span title={row.gpuModels}>{row.gpuModels}</span> : <Unknown why="Held no GPU" />;
    case "gpus":
      return row.gpuRequestMilli === null ? (
        <Unknown why="The source does not say how many GPUs were requested" />
      ) : (
        formatGpus(row.gpuRequestMilli)
      );
    case "hours":
      return <GpuHours milli={row.allocatedMilli} />;
    case "classes":
      return <ClassBar classes={row.classes} />;
    case "idle":
      return <GpuHours milli={row.classes["dead-idle"] + row.classes["idle-held"]} />;
    case "active":
      return <GpuHours milli={row.classes.active} />;
    case "utilisation":
      return <Percent value={row.utilisationPercent} why="Mean over allocated GPU time with samples" />;
    case "coverage":
      return (
        <Coverage percent={row.coveragePercent} observedMilli={row.observedMilli} expectedMilli={row.expectedMilli} />
      );
    default:
      return formatMoment(row.createdAt, zone);
  }
}
