import { ClassTable } from "@/components/class-table.tsx";
import { CLASS_ORDER } from "@/components/classes.ts";
import { formatMoney } from "@/components/format.ts";
import { Section } from "@/components/page-header.tsx";
import { gpuHours, moneyIn } from "@/components/tables/columns.ts";
import { CLASS_DEFINITIONS, type UsageClass } from "@/lib/classes.ts";
import type { SpendView } from "@/lib/pages/spend.ts";

/** What GPU time cost by what it went into; idle stands out. */
export function SpendClasses({ view: { classMicros, classMilli, currency, idleMicros } }: { view: SpendView }) {
  return (
    <Section title="What it bought" note={`${formatMoney(idleMicros, currency)} of it idle`}>
      <ClassTable
        label="Cost by class"
        classes={CLASS_ORDER.filter((c) => classMilli[c] > 0 || classMicros[c] > 0)}
        sizeOf={(c) => classMicros[c]}
        columns={[
          moneyIn(currency)<UsageClass>("amount", "Amount", (c) => classMicros[c], { lead: true }),
          gpuHours<UsageClass>("hours", "GPU-hours", (c) => classMilli[c]),
        ]}
        markOf={(c) => (CLASS_DEFINITIONS[c].idle ? "warn" : undefined)}
      />
    </Section>
  );
}
