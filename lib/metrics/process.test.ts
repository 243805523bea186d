import { expect, it } from "vitest";
import { exposeProcess, observeRequest } from "./process.ts";

/** Asked for by no other test: files that share a thread share the counts of the process. */
const PATH = "/api/v1/histogram-of-a-test";

it("requests to the API are a histogram: cumulative buckets, a count and a sum, in both formats", async () => {
  observeRequest("GET", PATH, 200, 0.02);
  observeRequest("GET", PATH, 200, 3);
  observeRequest("GET", PATH, 404, 0.001);
  for (const format of ["text", "openmetrics"] as const) {
    const text = await exposeProcess(format);
    const of = (status: number, le: string) =>
      Number(
        text
          .split("\n")
          .find(
            (line) =>
              line.includes("_bucket{") &&
              [`path="${PATH}"`, `le="${le}"`, `status="${status}"`].every((label) => line.includes(label)),
          )
          ?.split(" ")
          .at(-1),
      );
    expect(["0.01", "0.025", "2.5", "5", "+Inf"].map((le) => of(200, le))).toEqual([0, 1, 1, 2, 2]);
    expect(of(404, "0.005")).toBe(1);
    expect(text.split("\n").filter((line) => line.includes("_count{") && line.includes(PATH))).toEqual([
      expect.stringMatching(/^gpu_ledger_api_request_duration_seconds_count\{.*status="200".*\} 2$/),
      expect.stringMatching(/status="404".*\} 1$/),
    ]);
    expect(text).toMatch(/# TYPE gpu_ledger_api_request_duration_seconds histogram\n/);
  }
});
