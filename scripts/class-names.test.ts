import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { CLASS_UNITS, CLASSES, classColumn, classProperty, type UsageClass } from "@/lib/classes.ts";

/**
 * Where a class is named, each with its reason: the places that a new class may concern (CONTRIBUTING.md, "Adding a class").
 * Everything else follows from lib/classes.ts.
 */
const NAMED: Readonly<Record<string, string>> = {
  "lib/classes.ts": "what each class is",
  "lib/metering/classify.ts": "decides the class of a slot's seconds",
  "lib/metering/slot-bucket.ts": "decides between inefficient and active, bucket by bucket",
  "lib/metering/node-capacity.ts": "decides what capacity is that no slot holds",
  "lib/metering/meter.ts": "adds that capacity to nobody's usage",
  "lib/metering/book.ts": "takes from it what is held on an unknown node",
  "lib/metering/fleet.ts": "shows it on the map",
  "lib/metering/meanings.ts": "says the thresholds in force",
  "lib/insights/cells/cell.ts": "keeps the seconds of each class of a slot that rules judge",
  "lib/insights/rules/rule.ts": "a bucket of hardware as rules see it",
  "lib/insights/rules/idle/dead-idle.ts": "a rule about the class, under its name",
  "lib/insights/rules/idle/idle-held.ts": "a rule about the class, under its name",
  "lib/insights/rules/idle/warm-serving.ts": "a rule about the class, under its name",
  "lib/insights/rules/idle/unallocated.ts": "a rule about the class, under its name",
  "lib/insights/measured/others.ts": "rules that are called like a class, as labels",
  "simulator/corpus/behaviours.ts": "the same",
  "simulator/corpus/clusters.ts": "the same",
  "lib/insights/measured/cluster-case.ts": "capacity that nobody held, as the meter found it",
  "lib/insights/evaluate/hardware-store.ts": "reads the capacity that nobody held",
  "lib/charges/known.ts": "how much of a day's capacity is unknown",
  "lib/charges/charged-days-load.ts": "the same, read day by day",
  "lib/insights/anomalies/find.ts": "efficiency is the active share of the time with a class",
  "lib/insights/anomalies/series-load.ts": "the same, read day by day",
  "lib/insights/anomalies/list.ts": "the same, of no time",
  "lib/insights/anomalies/explain.ts": "what was active explains changes of efficiency",
  "lib/insights/anomalies/words.ts": "one of the causes is called like a class",
  "lib/reports/insights/anomalies.ts": "a column for that cause",
  "lib/insights/quota/load.ts": "what is unallocated could have run what waited",
  "lib/insights/rightsizing/types.ts": "how a workload's time divides",
  "lib/insights/rightsizing/load.ts": "the same, read",
  "lib/insights/rightsizing/need.ts": "how little of it was active",
  "lib/insights/rightsizing/rules/fraction.ts": "warm serving can share a card",
  "lib/insights/rightsizing/rules/upsize.ts": "only what was active needs more",
  "lib/metrics/aliases.ts": "the predecessors' idle figures",
  "lib/unit-costs/unit-views.ts": "a day of which capacity is unknown has no known cost",
  "lib/allocation/types.ts": "what policies are for",
  "lib/allocation/shares.ts": "unused quota is a part of what is unallocated",
  "lib/charges/share-day.ts": "unused quota is taken out of what is unallocated",
  "lib/previews/workbench-load.ts": "the same, tried out",
  "lib/pages/fragments.ts": "what is free of a node, in pieces",
  "lib/pages/cards.ts": "what fills a shared card on the map",
  "simulator/truth.ts": "decides the classes a second time, without any code of the product",
  "app/globals.css": "the colours, in both themes",
};

/** Words that other things are called, too: as a text alone they prove nothing. */
const AMBIGUOUS: readonly UsageClass[] = ["down", "unknown", "starting", "no-data", "active"];

const names = CLASSES.flatMap((c) => CLASS_UNITS.flatMap((unit) => [classProperty(c, unit), classColumn(c, unit)]));
const texts = CLASSES.filter((c) => !AMBIGUOUS.includes(c));
const NAME = new RegExp(
  `\\b(${names.join("|")})\\b|["'\`](${texts.join("|")})["'\`]|--class-(${CLASSES.join("|")})\\b`,
);

/** A file without its comments. */
const codeOf = (file: string) => readFileSync(file, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, "");

it("names a class in few places", () => {
  const files = globSync("{app,cli,components,db,lib,simulator}/**/*.{ts,tsx,css}").filter(
    (f) => !/\.test\.tsx?$|(^|\/)testing[^/]*$/.test(f),
  );
  expect(files.length).toBeGreaterThan(500);
  const found = files.filter((f) => f === "lib/classes.ts" || NAME.test(codeOf(f)));
  expect(found.sort()).toEqual(Object.keys(NAMED).sort());
});
