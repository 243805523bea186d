import { formatDay } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import type { ClusterDays, DataDay } from "@/lib/pages/home/operations.ts";
import { dateOfKey } from "@/lib/time.ts";
import { coverageWords } from "./parts.tsx";

/** How a day looks: a letter beside the colour, so that colour alone says nothing. */
const LOOK = {
  missing: { letter: "×", paint: "bg-bad-wash text-bad", words: "not metered" },
  gap: { letter: "!", paint: "bg-warn-wash text-warn", words: "has open gaps" },
  poor: { letter: "·", paint: "bg-warn-wash text-warn", words: "less than 95 % of samples" },
  whole: { letter: "", paint: "bg-accent-wash text-accent", words: "complete" },
} as const;
const ENOUGH_PERCENT = 95;

const lookOf = ({ metered, openGaps, coveragePercent }: DataDay): keyof typeof LOOK => {
  if (!metered) return "missing";
  if (openGaps > 0) return "gap";
  return coveragePercent !== null && coveragePercent < ENOUGH_PERCENT ? "poor" : "whole";
};

const wordsOf = (day: DataDay): string =>
  `${formatDay(day.day)}: ${day.metered ? coverageWords(day.coveragePercent) : "not metered"}${
    day.openGaps ? `, ${day.openGaps} open ${day.openGaps === 1 ? "gap" : "gaps"}` : ""
  }`;

/** A cell for each cluster and day: whether the data is complete. A day that is not leads to its backfill. */
export function DataCalendar({ clusters }: { clusters: readonly ClusterDays[] }) {
  if (clusters.length === 0) return null;
  return (
    <Section
      title="Data by day"
      note="a cell is a day of a cluster, the oldest first; a day that is not complete leads to its backfill"
    >
      {clusters.map(({ cluster, days }) => (
        <div key={cluster} className="mb-4">
          <h3 className="mb-1 text-sm font-medium">{cluster}</h3>
          <ol className="flex flex-wrap gap-1" aria-label={`Data of ${cluster} by day`}>
            {days.map((day) => (
              <Cell key={day.day} day={day} />
            ))}
          </ol>
        </div>
      ))}
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-xs text-soft">
        {Object.values(LOOK).map(({ letter, paint, words }) => (
          <li key={words} className="flex items-center gap-1.5">
            <span aria-hidden="true" className={`inline-grid size-4 place-items-center rounded text-2xs ${paint}`}>
              {letter}
            </span>
            {words}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Cell({ day }: { day: DataDay }) {
  const look = lookOf(day);
  const { letter, paint } = LOOK[look];
  const date = dateOfKey(day.day);
  const inner = (
    <>
      <span aria-hidden="true">{letter || Number(date.slice(-2))}</span>
      <span className="sr-only">{wordsOf(day)}</span>
    </>
  );
  const box = `grid size-7 place-items-center rounded text-2xs tabular-nums ${paint}`;
  return (
    <li title={wordsOf(day)}>
      {look === "whole" ? (
        <span className={box}>{inner}</span>
      ) : (
        <a className={`${box} hover:outline`} href={`${href("/sync", {}, { backfillFrom: date, backfillTo: date })}`}>
          {inner}
        </a>
      )}
    </li>
  );
}
