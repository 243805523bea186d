import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { anomalyTable } from "./anomaly-table.ts";

const DATA = path.resolve(import.meta.dirname, "../../shared/data/helios_earth_vc_minutely_a.csv.gz");

describe.skipIf(!existsSync(DATA))("detectors on the real daily series (needs ../shared/data)", () => {
  it("are in the document as measured", () => {
    const document = readFileSync(path.resolve(import.meta.dirname, "../docs/anomalies.md"), "utf8");
    expect(document).toContain(anomalyTable());
  });
});
