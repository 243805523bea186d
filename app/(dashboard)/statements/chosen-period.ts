import type { PageInput } from "@/app/page-input.ts";
import { nextToClose, type PeriodView } from "@/lib/periods/period.ts";

/**
 * The billing period that a page of statements is about: `of` in the address, else the one that the period of other pages is, or
 * lies in, else the next to close.
 * @returns `notice`: in words, where something else is shown than was asked for. Null where there is no period.
 */
export function choosePeriod(
  { params, period, now }: Pick<PageInput, "params" | "period" | "now">,
  periods: readonly PeriodView[],
): { readonly chosen: PeriodView; readonly notice: string | null } | null {
  const usual = nextToClose(periods) ?? periods.at(-1);
  if (!usual) return null;
  if (params.of) {
    const chosen = periods.find((p) => p.period.id === params.of);
    if (chosen) return { chosen, notice: null };
    return { chosen: usual, notice: `There is no billing period "${params.of}". ${usual.period.id} is shown.` };
  }
  if (!params.period && !params.month && !params.from) return { chosen: usual, notice: null };
  const last = Math.min(period.end - 1, now);
  const chosen = periods.find(({ period: p }) => p.start <= last && last < p.end);
  if (!chosen)
    return { chosen: usual, notice: `No billing period is in ${period.label}. ${usual.period.id} is shown.` };
  const { id, start, end } = chosen.period;
  const same = start === period.start && end === period.end;
  return {
    chosen,
    notice: same ? null : `Statements are of whole billing periods: ${id} is shown, which ${period.label} ends in.`,
  };
}
