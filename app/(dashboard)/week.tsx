import type { PageInput } from "@/app/page-input.ts";
import { formatPercent } from "@/components/format.ts";
import { Section } from "@/components/page-header.tsx";
import { loadWeek, WEEKDAYS } from "@/lib/pages/week.ts";
import { WeekTable } from "./week-table.tsx";

interface Props {
  readonly input: PageInput;
  readonly project?: number;
}

/** Utilisation of held GPUs by hour of the week, over the period, in the reader's zone. Nothing where nothing was observed. */
export async function WeekSection({ input, project }: Props) {
  const { ctx, period, zone, cluster } = input;
  const week = await loadWeek(ctx, { period, zone, cluster, project });
  if (!week.high || !week.low) return null;
  const words = ([day, hour]: readonly [number, number]) =>
    `${WEEKDAYS[day]} ${String(hour).padStart(2, "0")}:00 (${formatPercent(week.days[day]?.[hour]?.utilisationPercent ?? null)})`;
  return (
    <Section title="Utilisation by hour of the week" note={`mean of held GPUs with samples; hours in ${zone}`}>
      <WeekTable week={week} label="Utilisation by day and hour of the week" />
      <p className="mt-2 text-xs text-soft">
        {`Highest on ${words(week.high)}, lowest on ${words(week.low)}. The strongest colour is the highest, the weakest the lowest; hatched: no samples.`}
      </p>
    </Section>
  );
}
