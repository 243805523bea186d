import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { listReadings } from "@/lib/readings/index.ts";
import { PRICE_FEEDS } from "@/lib/sources/price-feeds/index.ts";
import { DAY } from "@/lib/time.ts";
import type { Listener } from "@/simulator/http.ts";
import { type PriceListOptions, startPriceLists } from "@/simulator/price-lists.ts";
import { findListPrices } from "./catalogue-changes.ts";
import { listCatalogues } from "./catalogue-store.ts";
import { dueFeeds, type FeedSettings, readPriceFeed } from "./feeds.ts";
import { loadPriceBook } from "./price-store.ts";

const http = { timeoutMs: 5000, retryCount: 1, retryWaitMs: 1, retryMaxWaitMs: 2, deadlineMs: 10_000, concurrency: 5 };

describe.each(engines)("published price lists on $name", (engine) => {
  let store: TestDb;
  let ctx: Ctx;
  let peer: Listener;
  let fault: ReturnType<NonNullable<PriceListOptions["fault"]>>;
  beforeAll(() => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "an-example");
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });
  beforeEach(async () => {
    if (isAbsent(engine)) return;
    fault = null;
    store = (await engine.open()) as TestDb;
    ctx = ctxOf(store.db);
    peer = await startPriceLists({ key: "the-key", fault: () => fault });
  });
  afterEach(async () => {
    await peer?.close();
    if (!isAbsent(engine)) await store.drop();
  });
  const settings = (key = "the-key"): FeedSettings => ({
    ...{ http, keys: new Map(["gcp", "infracost"].map((name) => [name, key])) },
    regions: new Map([
      ["aws", ["us-east-1"]],
      ["azure", ["eastus"]],
      ["gcp", ["us-central1"]],
    ]),
    urls: new Map(
      PRICE_FEEDS.map(({ name }) => [name, `${peer.url}${{ azure: "/azure", infracost: "/graphql" }[name] ?? ""}`]),
    ),
  });
  const read = (name: string) => readPriceFeed(ctx, name, settings());
  const found = async (catalogue: string) => {
    const rows = await store.db.all<Record<string, unknown>>(
      sql`select instance, region, zone, gpu_model as model, gpus, on_demand as od, spot,
        as_of as day, source from list_prices where catalogue = ${catalogue} order by position`,
    );
    return rows.map((r) => [r.instance, r.zone, r.model, r.gpus, r.od, r.spot]);
  };

  it.skipIf(isAbsent(engine))("SkyPilot: a catalogue for each cloud, whatever the order of columns", async () => {
    const done = await read("skypilot");
    expect(done?.catalogues).toHaveLength(5);
    expect(await found("SkyPilot catalogue: aws")).toEqual([["p5.48xlarge", "use1-az1", "H100", 8, "98.32", "29.5"]]);
    expect(await found("SkyPilot catalogue: gcp")).toEqual([
      ["a2-highgpu-1g", "us-central1-a", "A100", 1, "0.73948 + 2.93391", "0.29576 + 1.1736"],
    ]);
    const { found: searched } = await findListPrices(ctx, "BM.GPU.H100.8", 5);
    expect(searched).toMatchObject([{ source: "skypilot-catalog, v8", asOf: "2026-11-10" }]);
    await read("skypilot");
    expect(await listCatalogues(store.db)).toHaveLength(5);
  });

  it.skipIf(isAbsent(engine))(
    "AWS: on demand from the Price List, and the latest spot price of each zone",
    async () => {
      const done = await read("aws");
      expect(done?.detail).toMatch(/^3 prices as AWS Price List and spot prices\. Left out: 1 row of instances/);
      const model = "H100 80GB";
      expect(await found("AWS Price List and spot prices")).toEqual([
        ["p5.48xlarge", "", model, 8, "98.32", ""],
        ["p5.48xlarge", "us-east-1a", model, 8, "", "31.5"],
        ["p5.48xlarge", "us-east-1b", model, 8, "", "29.9"],
      ]);
    },
  );

  it.skipIf(isAbsent(engine))("Azure: Linux alone, spot beside on demand, all pages, and no other server", async () => {
    await read("skypilot");
    const done = await read("azure");
    expect(done?.detail).toMatch(/^1 price as Azure retail prices\. Left out: 1 row/);
    expect(await found("Azure retail prices")).toEqual([["Standard_ND96isr_H100_v5", "", "H100", 8, "98.32", "40.5"]]);
    fault = "elsewhere";
    await expect(read("azure")).rejects.toThrow(/at another server: it was not followed/);
    expect(await found("Azure retail prices")).toHaveLength(1);
  });

  it.skipIf(isAbsent(engine))(
    "Google: cores, memory and GPUs add up to a machine, and half a price counts as unknown",
    async () => {
      await read("gcp");
      const rows = await found("Google Cloud catalogue");
      // 12 × 0.031611 + 85 × 0.004237 and 2.933908; no spot price, for cores have none.
      expect(rows[0]).toEqual(["a2-highgpu-1g", "", "A100", 1, "0.739477 + 2.933908", ""]);
      expect(rows.map(([instance]) => instance)).toContain("a2-ultragpu-8g");
      await expect(readPriceFeed(ctx, "gcp", settings("another"))).rejects.toThrow(/403.*valid API key/);
      await expect(readPriceFeed(ctx, "gcp", settings(""))).rejects.toThrow(
        "Google Cloud catalogue: Set GOOGLE_PRICE_KEY.",
      );
    },
  );

  it.skipIf(isAbsent(engine))(
    "Infracost: an instance a request; errors in a 200 are refused, and two prices are no answer",
    async () => {
      await read("infracost");
      expect(await found("Infracost (AWS)")).toMatchObject([
        ["p5.48xlarge", "", "H100 80GB", 8, expect.stringMatching(/^98\.32/), ""],
      ]);
      fault = "errors";
      await expect(read("infracost")).rejects.toThrow(/Infracost could not answer: quota exceeded/);
      fault = "two-prices";
      await expect(read("infracost")).rejects.toThrow(/Infracost \(AWS\) has no price of a GPU/);
      await expect(readPriceFeed(ctx, "infracost", settings("another"))).rejects.toThrow(/403/);
    },
  );

  it.skipIf(isAbsent(engine))("price nothing, are due once a week, and are recorded with their calls", async () => {
    const book = await loadPriceBook(store.db, "USD");
    expect(await dueFeeds(ctx, ["skypilot", "gcp"])).toEqual(["skypilot", "gcp"]);
    await read("skypilot");
    expect(await loadPriceBook(store.db, "USD")).toEqual(book);
    await readPriceFeed(ctx, "gcp", settings("another")).catch(() => undefined);
    const at = (days: number): Ctx => ({ ...ctx, now: () => ctx.now() + days * DAY });
    expect(await dueFeeds(at(0.5), ["skypilot", "gcp"])).toEqual([]);
    expect(await dueFeeds(at(1), ["skypilot", "gcp"])).toEqual(["gcp"]);
    expect(await dueFeeds(at(7), ["skypilot", "gcp"])).toEqual(["skypilot", "gcp"]);
    expect((await listReadings(store.db, "prices", 9)).map((r) => [r.name, r.calls, r.status]).sort()).toEqual([
      ["prices/gcp", 1, "failed"],
      ["prices/skypilot", 5, "done"],
    ]);
    const viewer = { ...ctx.viewer, kind: "person" as const, roles: ["manager" as const] };
    await expect(readPriceFeed({ ...ctx, viewer }, "skypilot", settings())).rejects.toThrow(/may not propose prices/);
  });
});
