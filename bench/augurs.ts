import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { seasonalNaive } from "@/lib/forecast/methods/seasonal-naive.ts";
import { scoresOf } from "@/lib/forecast/scores.ts";
import type { Method, Series } from "@/lib/forecast/types.ts";
import { measure } from "@/scripts/forecast-table.ts";
import { realSeries } from "@/scripts/real-series.ts";
import { type Benchmark, timed } from "./measure.ts";

/** What is used of the library: models of WebAssembly, fitted to values without gaps. */
interface Model {
  fit(values: Float64Array): void;
  predict(horizon: number): { readonly point: ArrayLike<number> };
  free(): void;
}
interface Augurs {
  readonly default: (source: { module_or_path: Uint8Array }) => Promise<unknown>;
  readonly AutoETS?: new (season: number, spec: string) => Model;
  readonly MSTL?: { ets(periods: Uint32Array): Model };
}

const need = createRequire(import.meta.url);

async function load(part: "ets" | "mstl"): Promise<Augurs> {
  const name = `@bsull/augurs/${part}`;
  const file = need.resolve(name);
  const library = (await import(file)) as Augurs;
  await library.default({ module_or_path: readFileSync(file.replace(/\.js$/, "_bg.wasm")) });
  return library;
}

/** Days that are unknown take the value before: the library has no word for them. */
function filled(history: Series): Float64Array {
  let last = history.find((v) => v !== null) ?? 0;
  return Float64Array.from(history, (v) => (last = v ?? last));
}

/** A model of the library as a method. Without bands: those of this comparison are not looked at. */
const methodOf = (id: string, title: string, model: () => Model): Method => ({
  ...{ id, title, about: "" },
  fit: (history) => {
    const one = model();
    try {
      one.fit(filled(history));
      const path = Array.from(one.predict(31).point);
      return { path: (days) => path.slice(0, days), psi: () => 1, sd: 0 };
    } catch {
      // It says "no model found" where a history is too short or too even.
      return null;
    } finally {
      one.free();
    }
  },
});

export const augurs: Benchmark = {
  name: "augurs",
  what: "Forecasts against those of a library",
  how: "@bsull/augurs 0.10.2, automatic exponential smoothing (ZZN) and MSTL of weeks, on every real daily series of docs/forecasting.md, an origin each week, with the scores of its table. Ratios are of MASE; the baseline is the same day last week.",
  async run() {
    const [ets, mstl] = await Promise.all([load("ets"), load("mstl")]);
    const { AutoETS } = ets;
    const { MSTL } = mstl;
    if (!AutoETS || !MSTL) throw new Error("@bsull/augurs has other models than expected.");
    const list = realSeries();
    const maseOf = (method?: Method) => {
      const { series, pasts } = measure(list, 7, method);
      const { mase, origins } = scoresOf(pasts, series);
      return { mase: mase ?? Number.NaN, origins };
    };
    const base = maseOf(seasonalNaive);
    const ours = await timed(() => maseOf());
    const theirs = await timed(() => maseOf(methodOf("auto-ets", "AutoETS", () => new AutoETS(7, "ZZN"))));
    const weeks = await timed(() => maseOf(methodOf("mstl", "MSTL", () => MSTL.ets(Uint32Array.of(7)))));
    const figure = (key: string, what: string, value: number) => ({ key, what, value, unit: "times" as const });
    return {
      figures: [
        figure("ours", "the product's choice, of the baseline", ours.result.mase / base.mase),
        figure("auto_ets", "AutoETS, of the baseline", theirs.result.mase / base.mase),
        figure("mstl", "MSTL, of the baseline", weeks.result.mase / base.mase),
        figure(
          "ours_of_best",
          "the product's choice, of the better of the two",
          ours.result.mase / Math.min(theirs.result.mase, weeks.result.mase),
        ),
      ],
      notes: [
        `Origins: ${ours.result.origins} of the product, ${theirs.result.origins} of AutoETS, ${weeks.result.origins} of MSTL; a model that finds nothing has none.`,
      ],
    };
  },
};
