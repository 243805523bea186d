import { Sparkline } from "@/components/charts/sparkline.tsx";
import { drawn } from "./columns.ts";
import type { TableColumn, TableView } from "./view.ts";

/** A column of sparklines: what each row was charged day by day. It is in no file. @param step days in a point. */
export const sparks = <R,>(
  valuesOf: (row: R) => readonly (number | null)[],
  nameOf: (row: R) => string,
  step = 1,
): TableColumn<R> =>
  drawn(
    "trend",
    "Trend",
    (row) => (
      <Sparkline
        values={valuesOf(row)}
        label={`${nameOf(row)}, cost ${step === 1 ? "by day" : `a day, mean of ${step} days`}`}
      />
    ),
    { bare: false, title: "Cost by day, each from 0 to its own highest" },
  );

/** A table with sparklines behind its cost, where that is shown. They are of its page alone: no file has them, and nobody chooses them. */
export const withSparks = <R,>(view: TableView<R>, column: TableColumn<R>): TableView<R> => ({
  ...view,
  columns: view.columns.flatMap((c) => (c.key === "cost" ? [c, column] : [c])),
});
