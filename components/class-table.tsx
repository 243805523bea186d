import type { UsageClass } from "@/lib/classes.ts";
import { Bar } from "./bar.tsx";
import { ClassName } from "./class-bar.tsx";
import { drawn } from "./tables/columns.ts";
import { DataTable, type RowMark } from "./tables/data-table.tsx";
import { plainView, type TableColumn } from "./tables/view.ts";

interface ClassTableProps {
  readonly label: string;
  readonly classes: readonly UsageClass[];
  /** The figures of a class. */
  readonly columns: readonly TableColumn<UsageClass>[];
  /** How long the bar of a class is, beside the others. */
  readonly sizeOf: (c: UsageClass) => number;
  readonly markOf?: (c: UsageClass) => RowMark | undefined;
}

/** Classes with their figures, and a bar for each. */
export function ClassTable({ label, classes, columns, sizeOf, markOf }: ClassTableProps) {
  const whole = Math.max(...classes.map(sizeOf), 1);
  const all = [
    drawn<UsageClass>("class", "Class", (c) => <ClassName of={c} />, { bare: false, look: ["whole"] }),
    ...columns,
    drawn<UsageClass>("bar", "Bar", (c) => <Bar of={c} percent={(100 * sizeOf(c)) / whole} />, { look: ["bar"] }),
  ];
  return <DataTable view={plainView(label, all)} rows={classes} {...(markOf ? { markOf } : {})} />;
}
