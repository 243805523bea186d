import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { textOf } from "@/lib/text-file.ts";
import { readCatalogue } from "./catalogue.ts";
import { findListPrices, importCatalogue, removeCatalogue } from "./catalogue-changes.ts";
import { listCatalogues } from "./catalogue-store.ts";
import { LIST_PRICES } from "./list-prices.ts";

const folder = path.resolve(import.meta.dirname, "../../../shared/data");
const CLOUDS = "gpu_prices_2024-06-13.csv.gz";
const OFFERS = "gpu_rental_offers_2026-05-24.csv.gz";
const there = existsSync(path.join(folder, CLOUDS));
const read = (file: string) => textOf(file, readFileSync(path.join(folder, file)));
const TERMS = { source: "price lists", asOf: "2024-06-13" };
const HEADER = "cloud,instance,region,zone,gpu_model,gpus,on_demand,spot,currency,source,as_of";

describe("a catalogue of list prices", () => {
  it("prices one GPU: the instance by its GPUs, its parts added up", () => {
    const { prices, problems, notes } = readCatalogue(
      "lists.csv",
      `${HEADER}\nacme,h8,eu,eu-1,H100 80GB,8,9.46006 + 78.3724,55.27592,EUR,acme.example,2026-01-02\n`,
      {},
    );
    expect({ problems, notes }).toEqual({ problems: [], notes: [] });
    expect(prices).toMatchObject([
      {
        ...{ cloud: "acme", gpuModel: "H100 80GB", onDemand: ["9.46006", "78.3724"], currency: "EUR" },
        ...{ onDemandNanos: 10_979_057_500, spotNanos: 6_909_490_000, source: "acme.example", asOf: "2026-01-02" },
      },
    ]);
  });

  it("adds what a list has on rows of their own: machines, and their GPUs", () => {
    const text = `cloud,instance_type,accelerator,accelerator_count,price_usd_per_h,spot_usd_per_h,region,zone,component
gcp,a2-highgpu-2g,,,1.47896,0.59151,us,us-a,vm_only
gcp,a2-highgpu-4g,,,2.95792,,us,us-a,vm_only
gcp,a3-megagpu-8g,,,9,,us,us-a,vm_only
gcp,,A100,2,5.86782,2.3472,us,us-a,accelerator_only
gcp,,A100,4,11.73563,4.6944,us,us-a,accelerator_only`;
    const { prices, notes } = readCatalogue("gcp.csv", text, TERMS);
    expect(prices.map((p) => [p.instance, p.gpuModel, p.gpus, p.onDemandNanos, p.spotNanos])).toEqual([
      ["a2-highgpu-2g", "A100", 2, 3_673_390_000, 1_469_355_000],
      ["a2-highgpu-4g", "A100", 4, 3_673_387_500, null],
    ]);
    expect(notes).toEqual(["Left out: 1 row that prices a machine whose GPUs no row prices."]);
  });

  it("leaves out, and counts, rows that are about no whole GPU", () => {
    const lambda = `InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,Price,Region,GpuInfo,SpotPrice
cpu_4x_general,,,4.0,16.0,0.2,us-east-1,,
gpu_8x_a6000,A6000,8.0,88.0,448.0,8.00,us-east-1,"{'Gpus': [{'Name': 'A6000', 'Count': 8.0}]}",
`;
    const terms = { ...TERMS, cloud: "lambda" };
    const first = readCatalogue("lambda.csv", lambda, terms);
    expect(first.prices.map((p) => [p.instance, p.gpuModel, p.onDemandNanos])).toEqual([
      ["gpu_8x_a6000", "A6000", 1_000_000_000],
    ]);
    expect([first.problems, first.notes]).toEqual([[], ["Left out: 1 row that has no GPU."]]);
    const azure = `InstanceType,AcceleratorName,AcceleratorCount,Price,SpotPrice
Standard_NV6ads_A10_v5,A10,0.167,0.454,nan
Standard_NV72ads_A10_v5,A10,2.0,6.52,nan
`;
    const second = readCatalogue("azure.csv", azure, terms);
    expect(second.prices.map((p) => [p.gpus, p.onDemandNanos, p.spotNanos])).toEqual([[2, 3_260_000_000, null]]);
    expect([second.problems, second.notes]).toEqual([[], ["Left out: 1 row that is of a part of a GPU."]]);
  });

  it("adds machines and their GPUs up without a column that says which is which", () => {
    const text = `InstanceType,vCPUs,MemoryGiB,AcceleratorName,AcceleratorCount,GpuInfo,Region,AvailabilityZone,Price,SpotPrice
a2-highgpu-8g,96.0,680.0,,,,us-central1,us-central1-a,6.00,3.00
,,,A100,8.0,"{'Gpus': [{'name': 'A100'}]}",us-central1,us-central1-a,24.00,12.00
,,,T4,1.0,,us-central1,us-central1-a,0.35,0.11
n2-standard-8,8.0,32.0,,,,us-central1,us-central1-a,0.40,0.10
`;
    const { prices, problems, notes } = readCatalogue("gcp.csv", text, { ...TERMS, cloud: "gcp" });
    expect(prices.map((p) => [p.instance, p.gpuModel, p.gpus, p.onDemandNanos, p.spotNanos])).toEqual([
      ["a2-highgpu-8g", "A100", 8, 3_750_000_000, 1_875_000_000],
    ]);
    expect(problems).toEqual([]);
    expect(notes).toEqual(["Left out: 1 row that has no GPU.", "Left out: 1 row that prices GPUs without a machine."]);
  });

  it("takes a price of one GPU as it is, whatever its instance has of them", () => {
    const text =
      "provider,id,gpu_model,gpus,price_usd_per_gpu_h,price_usd_per_h\na,i,H100,8,2.99,\na,j,H100,8,2.99,24\na,k,H100,8,1 + 0.5,\n";
    const { prices } = readCatalogue("offers.csv", text, TERMS);
    expect(prices.map((p) => [p.onDemand, p.onDemandNanos])).toEqual([
      [["23.92"], 2_990_000_000],
      [["24"], 3_000_000_000],
      [["8.00", "4.00"], 1_500_000_000],
    ]);
  });

  it("refuses a row of another length, and a column that is there twice, by whatever name", () => {
    const text = "cloud,instance,gpu_model,gpus,source,as_of,on_demand\na,i,H100,8,s,2026-01-01,1,098.32\n";
    expect(readCatalogue("a.csv", text, {}).problems).toEqual([
      { line: 2, field: "", message: expect.stringContaining("It has 8 fields where the header has 7") },
    ]);
    expect(() => readCatalogue("a.csv", "instance,gpu_model,price,on_demand\n", {})).toThrow(
      "its header has on_demand twice, as price and on_demand",
    );
  });

  it("takes more decimals than money has, rounded once", () => {
    const { prices } = readCatalogue("t4.csv", `${HEADER}\na,i,,,T4,1,3.5999999999000005,,,s,2026-01-01\n`, {});
    expect(prices[0]?.onDemand).toEqual(["3.60"]);
  });

  it("does not take 0 for a price, nor a price that is only spot for one on demand", () => {
    const text = `${HEADER},is_spot\na,i,,,T4,1,0.0,,,s,2026-01-01,\na,j,,,T4,1,0.2,,,s,2026-01-01,True\n`;
    const { prices, notes } = readCatalogue("t4.csv", text, {});
    expect(prices).toMatchObject([{ instance: "j", onDemandNanos: null, spotNanos: 200_000_000 }]);
    expect(notes).toEqual(["Left out: 1 row that has no price."]);
  });

  it("names every mistake at its line, and what the file itself does not say", () => {
    const text = `${HEADER}\na,i,,,T4,many,1.2.3,-1,usd,s,2026-02-30\n,,,,,1,1,,,,\n`;
    const { prices, problems } = readCatalogue("t4.csv", text, {});
    expect(prices).toEqual([]);
    expect(problems.map((p) => `${p.line} ${p.field} ${p.message}`)).toEqual([
      '2 gpus "many" is no number of GPUs.',
      '2 as_of "2026-02-30" is not a day: write YYYY-MM-DD.',
      '2 on_demand "1.2.3" is no price: write a plain number, such as 98.32.',
      '2 spot "-1" is no price: write a plain number, such as 98.32.',
      '2 currency "usd" is no currency: use its ISO 4217 code, such as USD.',
      "3 as_of It is blank.",
      "3 cloud It is blank.",
      "3 instance It is blank.",
      "3 gpu_model It is blank.",
      "3 source It is blank.",
    ]);
    // A blank number of GPUs may be any; a list without the column is of one each.
    expect(readCatalogue("t4.csv", `${HEADER}\na,i,,,T4,,3.5,,,s,2026-01-01\n`, {}).problems).toEqual([
      { line: 2, field: "gpus", message: "It is blank." },
    ]);
    const without = readCatalogue(
      "t4.csv",
      "cloud,instance,gpu_model,on_demand,source,as_of\na,i,T4,3.5,s,2026-01-01\n",
      {},
    );
    expect(without.prices.map((p) => p.gpus)).toEqual([1]);
    expect(() => readCatalogue("x.csv", "<html>\n", {})).toThrow(
      /no catalogue of list prices: its header lacks instance/,
    );
  });

  it.skipIf(!there)(
    "has, of the lists that our own table is picked from, the same prices (needs ../shared/data)",
    () => {
      const clouds = readCatalogue(CLOUDS, read(CLOUDS), TERMS);
      const offers = readCatalogue(OFFERS, read(OFFERS), {});
      expect([...clouds.problems, ...offers.problems]).toEqual([]);
      // Google's A3 Mega (15 rows) and Azure's H100 machines of 2024 (0.0) are the ones that the list has no price for.
      expect(clouds.notes.join(" ")).toMatch(/15 rows that price machines whose GPUs no row prices/);
      const key = (p: (typeof LIST_PRICES)[number]) =>
        [p.cloud, p.instance, p.region, p.gpus, p.onDemandNanos].join(" ");
      const imported = new Set([...clouds.prices, ...offers.prices].map(key));
      expect(LIST_PRICES.filter((p) => !imported.has(key(p)))).toEqual([]);
    },
  );
});

describe.each(engines)("catalogues on $name", (engine) => {
  it.skipIf(isAbsent(engine))("are searched with our own table, replaced by their name, and removed", async () => {
    if (isAbsent(engine)) return;
    const { db, drop } = (await engine.open()) as TestDb;
    const ctx: Ctx = { db, now: () => 0, viewer: localViewer, log: silentLog, ledger: testLedger() };
    try {
      const file = (price: string) => ({
        name: "acme.csv",
        text: `${HEADER}\nacme,50%_off,,,H100 80GB,8,${price},,,s,2026-01-02\n`,
      });
      const own = await findListPrices(ctx, "h100", 5);
      expect(await importCatalogue(ctx, file("4"))).toMatchObject({ prices: 1, before: 0 });
      const { found, count } = await findListPrices(ctx, "H100", 5);
      expect(found[0]).toMatchObject({ cloud: "acme", onDemand: ["4"], onDemandNanos: 500_000_000, currency: "USD" });
      expect([found.length, count]).toEqual([5, own.count + 1]);
      expect((await findListPrices(ctx, "50%_OFF acme", 5)).count).toBe(1);
      expect((await findListPrices(ctx, "50xyoff", 5)).count).toBe(0);
      expect(await importCatalogue(ctx, file("8"))).toMatchObject({ prices: 1, before: 1 });
      await expect(importCatalogue(ctx, file("x"))).rejects.toThrow(/Nothing was taken from acme.csv/);
      expect(await listCatalogues(db)).toMatchObject([{ name: "acme.csv", firstDay: "2026-01-02" }]);
      await expect(importCatalogue({ ...ctx, viewer: { ...localViewer, roles: [] } }, file("9"))).rejects.toThrow();
      await removeCatalogue(ctx, "acme.csv");
      expect((await findListPrices(ctx, "h100", 5)).count).toBe(own.count);
      await expect(removeCatalogue(ctx, "acme.csv")).rejects.toThrow(/no catalogue/);
    } finally {
      await drop();
    }
  });
});
