import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { parseNanos } from "@/lib/money.ts";
import { draftOf, perGpu, searchListPrices } from "./list-price.ts";
import { LIST_PRICES } from "./list-prices.ts";

const folder = path.resolve(import.meta.dirname, "../../../shared/data");
const there = existsSync(path.join(folder, "gpu_prices_2024-06-13.csv.gz"));
type Row = Record<string, string>;
const read = (file: string): Row[] =>
  parse(gunzipSync(readFileSync(path.join(folder, file))), { columns: true }) as unknown as Row[];

const find = (words: string) => searchListPrices(LIST_PRICES, words)[0];

describe("public list prices", () => {
  it("are for one GPU: the instance divided by its GPUs, Google's two parts added up", () => {
    const google = find("a2-highgpu-8g us-central1");
    expect(google?.onDemand).toEqual(["5.91582", "23.47126"]);
    expect(google?.onDemandNanos).toBe(3_673_385_000);
    expect(google && draftOf(google, false)).toMatchObject({
      match: "A100 40GB",
      unitPrice: "3.673385",
      origin: { asOf: "2024-06-13", note: "(5.91582 + 23.47126) ÷ 8 USD an hour" },
    });
    expect(find("aws p5.48xlarge")?.onDemandNanos).toBe(12_290_000_000);
  });

  it("are no price where they are not offered", () => {
    const none = LIST_PRICES.find((p) => p.spotNanos === null);
    expect(none && draftOf(none, true)).toBeNull();
    expect(perGpu([], 8)).toBeNull();
  });

  it("are each unique, dated and sourced", () => {
    const keys = LIST_PRICES.map((p) => `${p.cloud} ${p.instance} ${p.region} ${p.asOf}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(LIST_PRICES.every((p) => p.source && /^\d{4}-\d\d-\d\d$/.test(p.asOf) && p.onDemandNanos)).toBe(true);
    expect(LIST_PRICES.length).toBeGreaterThanOrEqual(60);
  });

  it.skipIf(!there)("are what their sources say, to the last digit (needs ../shared/data)", () => {
    const instances = read("gpu_prices_2024-06-13.csv.gz");
    const offers = new Map(read("gpu_rental_offers_2026-05-24.csv.gz").map((r) => [r.id, r]));
    const equal = (given: string | undefined, listed: string | undefined) =>
      expect(parseNanos(given ?? ""), `${given} ${listed}`).toBe(parseNanos(listed ?? ""));
    for (const p of LIST_PRICES) {
      if (p.region === "") {
        const offer = offers.get(p.instance);
        equal(p.onDemand[0], offer?.price_usd_per_gpu_h);
        expect(offer?.is_spot).toBe("False");
        if (p.spot[0]) equal(p.spot[0], offers.get(p.instance.replace("-on-demand", "-spot"))?.price_usd_per_gpu_h);
        continue;
      }
      const parts = instances.filter(
        (r) =>
          r.cloud === p.cloud &&
          r.region === p.region &&
          (p.zone === "" || r.zone === p.zone) &&
          (r.instance_type === p.instance ||
            (r.component === "accelerator_only" &&
              p.cloud === "gcp" &&
              Number(r.accelerator_count) === p.gpus &&
              googleName(p.gpuModel) === r.accelerator)),
      );
      const [machine, gpus] =
        p.cloud === "gcp"
          ? [parts.find((r) => r.component === "vm_only"), parts.find((r) => r.component === "accelerator_only")]
          : [parts[0], undefined];
      if (!gpus) expect(Number(machine?.accelerator_count)).toBe(p.gpus);
      equal(p.onDemand[0], machine?.price_usd_per_h);
      if (gpus) equal(p.onDemand[1], gpus.price_usd_per_h);
      if (p.spot[0]) equal(p.spot[0], machine?.spot_usd_per_h);
      if (p.spot[1]) equal(p.spot[1], gpus?.spot_usd_per_h);
    }
  });
});

const googleName = (model: string) =>
  ({ "A100 40GB": "A100", "A100 80GB": "A100-80GB", "H100 80GB": "H100" })[model] ?? model;
