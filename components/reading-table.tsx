import { count, instant, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";

/** One visit to a system outside, as lib/readings records it. */
interface ShownReading {
  readonly startedAt: number;
  readonly calls: number;
  readonly status: "running" | "done" | "failed";
  readonly detail: string;
}

const WORDS = { running: "Running", done: "Done", failed: "Failed" } as const;

const COLUMNS: readonly TableColumn<ShownReading>[] = [
  instant("at", "Read", (r) => r.startedAt, { look: ["whole"] }),
  text("status", "State", (r) => WORDS[r.status], { toneOf: (r) => (r.status === "failed" ? "bad" : undefined) }),
  count("calls", "Calls", (r) => r.calls),
  text("detail", "What came of it", (r) => r.detail, { look: ["wide", "soft"] }),
];

/** Visits to a system outside: when, how many calls, what came of them. Without a visit it draws nothing. */
export function ReadingTable({
  readings,
  zone,
  now,
}: {
  readings: readonly ShownReading[];
  zone: string;
  now: number;
}) {
  if (readings.length === 0) return null;
  return (
    <DataTable
      view={plainView("Readings", COLUMNS, { zone, now, carry: {} })}
      rows={readings}
      keyOf={(r) => r.startedAt}
    />
  );
}
