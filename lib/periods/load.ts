import { type Reader, sql } from "@/db/client.ts";
import { columnsOf, selecting } from "@/db/columns-of.ts";
import { chargedDays, closes, meteredDays } from "@/db/schema/index.ts";
import { exactMicros } from "@/lib/money.ts";
import { dateOf, dayKey, type Instant } from "@/lib/time.ts";
import { type ClosedPeriod, listPeriods, type Override, type PeriodView } from "./period.ts";
import type { CloseSettings } from "./settings.ts";

/** Every closed period, in the order of the chain. */
export async function loadCloses(db: Reader): Promise<ClosedPeriod[]> {
  const exactTotal = selecting<{ exactTotal: string }>(sql`cast(total_micros as text) as "exactTotal"`);
  const rows = await db.all(sql`select ${columnsOf(closes)}, ${exactTotal} from ${closes} order by sequence`);
  return rows.map(({ exactTotal, ...row }) => ({
    ...row,
    totalMicros: exactMicros(BigInt(exactTotal)),
    overrides: JSON.parse(row.overrides) as Override[],
  }));
}

/** Every billing period there is, oldest first. */
export async function loadPeriods(
  db: Reader,
  settings: Pick<CloseSettings, "calendar" | "graceDays">,
  now: Instant,
): Promise<PeriodView[]> {
  const [closed, first] = await Promise.all([
    loadCloses(db),
    db.find<{ day: number | null }>(sql`select min(day) as day from
      (select min(day) as day from ${meteredDays} union all select min(day) from ${chargedDays}) x`),
  ]);
  const { calendar, graceDays } = settings;
  const today = dayKey(dateOf(now, calendar.zone));
  return listPeriods({ calendar, graceDays, closes: closed, firstDay: first?.day ?? null, today, now });
}
