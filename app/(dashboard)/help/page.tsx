import type { Metadata } from "next";
import { meaningsInForce } from "@/app/class-meanings.ts";
import { paletteKeys } from "@/app/palette-keys.ts";
import { ClassSwatch } from "@/components/class-bar.tsx";
import { CLASS_ORDER, classLabel } from "@/components/classes.ts";
import { PageHeader, Section } from "@/components/page-header.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
import { env } from "@/lib/env.ts";
import { formatSeconds } from "@/lib/time.ts";

export const metadata: Metadata = { title: "Help" };

const words = () =>
  [
    ["sample", "One value of one series at one instant, as the source gave it."],
    ["window", "A span that a source is asked for. It ends fetched, partial, failed or without data."],
    [
      "gap",
      "Part of a window for which a source gave nothing: a row with a cause, never a zero. Gaps are asked again by themselves.",
    ],
    ["coverage", "Observed seconds ÷ expected seconds. It stands beside every figure that is built on samples."],
    ["allocation", "The GPUs that the scheduler holds for a workload; fractions are allowed."],
    ["capacity", "Cards known × time, from the inventory of nodes over time."],
    ["bucket", `A span of ${formatSeconds(env().BUCKET_SECONDS)}. Usage is kept by bucket and by day.`],
    [
      "utilisation",
      `The mean over allocated time that has samples. A value holds until the next sample, at most ${env().METER_HOLD_STEPS} steps; after that nobody knows.`,
    ],
    ["overlap", "GPU time that two workloads claim at once. It is shown with the workloads named, never clamped away."],
    ["backfill", "Fetching a span of the past, newest first. Doing it twice changes nothing."],
  ] as const;

export default async function HelpPage() {
  const meanings = meaningsInForce();
  return (
    <div className="max-w-4xl">
      <PageHeader title="Help">What every figure means.</PageHeader>
      <Section title="The ten classes of a GPU-second" id="classes">
        <p className="mb-3 max-w-prose text-soft">
          Every GPU-second of capacity is in exactly one class, and the classes add up to the capacity. They are tried
          from the bottom of this list to the top; the first that fits wins.
        </p>
        <dl className="grid gap-x-8 sm:grid-cols-[max-content_minmax(0,1fr)]">
          {CLASS_ORDER.map((c) => (
            <div key={c} className="grid gap-x-8 border-b py-2 sm:col-span-2 sm:grid-cols-subgrid">
              <dt className="flex items-center gap-2 font-medium">
                <ClassSwatch of={c} letter />
                {classLabel(c)}
              </dt>
              <dd className="text-soft">{meanings[c]}</dd>
            </div>
          ))}
        </dl>
        <p className="mt-3 max-w-prose text-sm text-soft">
          A run is idle from its first second once it is {formatSeconds(env().METER_IDLE_AFTER)} long. These are the
          thresholds in force; they are settings, and each metered bucket keeps the ones it was classed with.
        </p>
      </Section>
      <Section title="Coverage" id="coverage">
        <p className="max-w-prose text-soft">
          How long a workload held GPUs comes from the scheduler, so a lost metric changes no allocation. How busy it
          was comes from samples. Where a sample is missing the time is “No data”, never idle and never zero, and the
          coverage beside the figure says how much was seen. A dash (–) means that nobody knows.
        </p>
      </Section>
      <Section title="Times" id="times">
        <p className="max-w-prose text-soft">
          Times are in the zone of your browser, or the one that you chose under Preferences. Days and months are of the
          billing time zone, so that everybody's October is the same October. Both are named at the foot of the
          navigation.
        </p>
      </Section>
      <Section title="Budgets and forecasts" id="forecast">
        <p className="max-w-prose text-soft">
          A budget is in force from a day on, until another replaces it. Each day has its even part, so that any days
          have one. Where none is set there is no budget, which is not a budget of zero. A forecast learns from complete
          days alone – over, charged, and observed to at least 95 % – and needs seven of them. Cost that is known
          already, such as an imported bill of days to come, is added and not extrapolated; planned events change the
          days that they are about. The band holds the end of the period in four of five cases; beside each forecast
          stands how good it was in past months, and how good “same day last week” would have been. The chance to pass a
          budget and its dates follow from the same band. A status is critical from a chance of 1 in 2, a warning from 1
          in 5, and follows the thresholds of the budget where spending is ahead of the calendar.
        </p>
      </Section>
      <Section title="For programs" id="api">
        <p className="max-w-prose text-soft">
          Everything that pages show is there for programs, too:{" "}
          <TextLink to="/help/api">every address of the API</TextLink>, with what it takes and answers.
        </p>
      </Section>
      <Section title="Words" id="words">
        <dl className="grid gap-x-8 sm:grid-cols-[max-content_minmax(0,1fr)]">
          {words().map(([word, meaning]) => (
            <div key={word} className="grid gap-x-8 border-b py-2 sm:col-span-2 sm:grid-cols-subgrid">
              <dt className="font-medium">{word}</dt>
              <dd className="text-soft">{meaning}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <Section title="Keyboard" id="keyboard">
        <dl className="grid max-w-md grid-cols-[max-content_1fr] gap-x-8 gap-y-1.5 text-sm [&_dt]:font-medium">
          <dt>{await paletteKeys()}</dt>
          <dd className="text-soft">Go to a page, project or workload</dd>
          <dt>/</dt>
          <dd className="text-soft">Search this page, or everything</dd>
          <dt>?</dt>
          <dd className="text-soft">This list of keys</dd>
          <dt>Tab, Enter</dt>
          <dd className="text-soft">Go through links and buttons, and follow one; the first skips to the content</dd>
          <dt>Arrow keys</dt>
          <dd className="text-soft">Walk the results of a search, and the cells of the GPU map</dd>
          <dt>Esc</dt>
          <dd className="text-soft">Close the search or the menu</dd>
        </dl>
      </Section>
    </div>
  );
}
