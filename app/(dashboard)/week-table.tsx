import { formatPercent } from "@/components/format.ts";
import { WEEKDAYS, type Week } from "@/lib/pages/week.ts";

/** Seven days by 24 hours as a table whose cells are coloured by utilisation: the chart and its table twin in one. */
export function WeekTable({ week, label }: { week: Week; label: string }) {
  const known = week.days.flat().flatMap((c) => c.utilisationPercent ?? []);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  // From the lowest to the highest: what differs is to be seen; the figures stand in the cells and below.
  const heatOf = (percent: number) => Math.round(high > low ? 12 + (88 * (percent - low)) / (high - low) : 60);
  return (
    <table className="week" aria-label={label}>
      <thead>
        <tr>
          <th>
            <span className="sr-only">Day</span>
          </th>
          {Array.from({ length: 24 }, (_, hour) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place.
            <th key={hour} scope="col">
              <span className="sr-only">{`${hour}:00`}</span>
              <span aria-hidden="true">{hour % 3 === 0 ? hour : ""}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {week.days.map((hours, day) => (
          <tr key={WEEKDAYS[day]}>
            <th scope="row">{WEEKDAYS[day]}</th>
            {hours.map(({ utilisationPercent: percent }, hour) => {
              const text = percent === null ? "no samples" : formatPercent(percent);
              return (
                <td
                  // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place.
                  key={hour}
                  title={`${WEEKDAYS[day]} ${hour}:00: ${text}`}
                  className={percent === null ? "unknown" : undefined}
                  style={{ "--heat": `${percent === null ? 0 : heatOf(percent)}%` } as React.CSSProperties}
                >
                  <span className="sr-only">{text}</span>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
