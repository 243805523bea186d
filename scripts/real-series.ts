import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Series } from "@/lib/forecast/types.ts";

/** Daily GPU-hours of one team or GPU model of a public trace; what each file is: ../shared/data/README.md. */
export interface RealSeries {
  readonly trace: "Philly" | "Earth" | "Spot 2026";
  readonly name: string;
  /** Days forecast, and the first origin: the trace of one month leaves room for three days. */
  readonly horizon: number;
  readonly fromDay: number;
  /** The date of the first day; null: the trace does not say. */
  readonly firstDate: string | null;
  readonly values: Series;
}

const DATA = new URL("../../shared/data/", import.meta.url);
const DAY = 86_400;

/** Rows of a packed CSV file without quotes, by column. */
function rows(file: string): Record<string, string>[] {
  const [head = "", ...lines] = gunzipSync(readFileSync(new URL(file, DATA)))
    .toString()
    .trimEnd()
    .split("\n");
  const columns = head.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? ""]));
  });
}

/** Philly: GPU-hours by virtual cluster and UTC day, cut at midnights, in the weeks in which the trace is dense. */
function philly(): RealSeries[] {
  const [first, days] = [Date.UTC(2017, 9, 3) / 1000, 73];
  const sums = new Map<string, number[]>();
  for (const row of rows("philly_passed_jobs.csv.gz")) {
    const start = Date.parse(`${row.submit_time?.replace(" ", "T")}Z`) / 1000 + Number(row.wait_s);
    const end = start + Number(row.duration_s);
    const values = sums.get(row.vc ?? "") ?? Array.from({ length: days }, () => 0);
    sums.set(row.vc ?? "", values);
    for (let d = Math.max(0, Math.floor((start - first) / DAY)); d < days && first + d * DAY < end; d++) {
      const inside = Math.min(end, first + (d + 1) * DAY) - Math.max(start, first + d * DAY);
      values[d] = (values[d] ?? 0) + (Number(row.gpus) * Math.max(0, inside)) / 3600;
    }
  }
  // Four more virtual clusters have three to eight jobs each: nothing to forecast.
  return [...sums]
    .filter(([, values]) => values.reduce((a, b) => a + b, 0) > 1000)
    .map(([name, values]) => ({ trace: "Philly", name, horizon: 14, fromDay: 28, firstDate: "2017-10-03", values }));
}

/** Earth: allocated GPU-hours by virtual cluster and day of May 2020; the outage of the tenth is unknown, not zero. */
function earth(): RealSeries[] {
  const days = 31;
  const sums = new Map<string, (number | null)[]>();
  for (const row of rows("helios_earth_vc_minutely_a.csv.gz")) {
    const day = Number(row.time?.slice(8, 10)) - 1;
    const values = sums.get(row.vc ?? "") ?? Array.from({ length: days }, () => 0);
    sums.set(row.vc ?? "", values);
    values[day] = (values[day] ?? 0) + Number(row.gpus_allocated) / 60;
  }
  return [...sums].map(([name, values]) => {
    values[9] = null;
    return { trace: "Earth", name, horizon: 3, fromDay: 21, firstDate: "2020-05-01", values };
  });
}

/** Spot 2026: GPU-hours by GPU model and 24 hours since the start of the trace. */
function spot(): RealSeries[] {
  const hours = rows("alibaba_spot2026_hourly_gpus_by_model.csv.gz");
  const models = Object.keys(hours[0] ?? {}).filter((column) => column !== "hour");
  return models.map((name) => {
    const values = Array.from({ length: Math.floor(hours.length / 24) }, () => 0);
    hours.forEach((row, i) => {
      const day = Math.floor(i / 24);
      if (day < values.length) values[day] = (values[day] ?? 0) + Number(row[name]);
    });
    return { trace: "Spot 2026", name, horizon: 14, fromDay: 28, firstDate: null, values };
  });
}

/** Every daily series of the public traces. @throws where the data is not beside the repository. */
export const realSeries = (): RealSeries[] => [...philly(), ...earth(), ...spot()];
