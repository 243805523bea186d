import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prometheusInstalled } from "@/simulator/prometheus/real.ts";
import { expose, expositionOf } from "./exposition.ts";
import { exposeProcess } from "./process.ts";

const gauge = (
  name: string,
  labels: readonly string[],
  samples: { labels: Record<string, string>; value: number }[],
) => ({
  ...{ name, type: "gauge" as const, help: "Something that is measured.", labels, samples },
});

describe("expositionOf", () => {
  it.each([
    [null, "text"],
    ["", "text"],
    ["*/*", "text"],
    ["text/html,application/xhtml+xml", "text"],
    ["text/plain;version=0.0.4", "text"],
    ["application/openmetrics-text", "openmetrics"],
    [
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
      "openmetrics",
    ],
    ["text/plain;q=1,application/openmetrics-text;q=0.5", "text"],
    ["application/openmetrics-text;q=0", "text"],
    ["application/openmetrics-text;q=x,text/plain", "text"],
  ])("%s is %s", (accept, format) => expect(expositionOf(accept)).toBe(format));
});

describe("expose", () => {
  const families = [
    gauge("x_plain", [], [{ labels: {}, value: 2.5 }]),
    gauge("x_empty", [], []),
    gauge(
      "x_labelled",
      ["team"],
      [
        { labels: { team: 'a "quoted" \\ name\nof two lines' }, value: -1e-7 },
        { labels: { team: "" }, value: Number.POSITIVE_INFINITY },
      ],
    ),
    { ...gauge("x_done_total", ["kind"], [{ labels: { kind: "a" }, value: 3 }]), type: "counter" as const },
  ];

  it("writes the text format", async () => {
    expect(await expose(families, "text")).toBe(
      [
        ...["# HELP x_plain Something that is measured.", "# TYPE x_plain gauge", "x_plain 2.5", ""],
        ...["# HELP x_empty Something that is measured.", "# TYPE x_empty gauge", ""],
        ...["# HELP x_labelled Something that is measured.", "# TYPE x_labelled gauge"],
        ...['x_labelled{team="a \\"quoted\\" \\\\ name\\nof two lines"} -1e-7', 'x_labelled{team=""} +Inf', ""],
        ...[
          "# HELP x_done_total Something that is measured.",
          "# TYPE x_done_total counter",
          'x_done_total{kind="a"} 3',
          "",
        ],
      ].join("\n"),
    );
  });

  it("writes OpenMetrics: a counter's family without _total, and the end marked", async () => {
    const text = await expose(families, "openmetrics");
    expect(text).toContain('# TYPE x_done counter\nx_done_total{kind="a"} 3\n');
    expect(text.endsWith("# EOF\n")).toBe(true);
  });

  it("gives back every label and value, whatever characters they have", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(fc.string({ unit: "grapheme", maxLength: 12 }), fc.double({ noNaN: true })), {
          selector: ([team]) => team,
        }),
        async (rows) => {
          const text = await expose(
            [
              gauge(
                "x",
                ["team"],
                rows.map(([team, value]) => ({ labels: { team }, value })),
              ),
            ],
            "text",
          );
          const read = [...text.matchAll(/^x\{team="((?:[^"\\\n]|\\.)*)"\} (\S+)$/gm)].map(
            ([, label = "", value = ""]) => [
              label.replace(/\\(.)/g, (_, c: string) => (c === "n" ? "\n" : c)),
              value === "+Inf" ? Number.POSITIVE_INFINITY : value === "-Inf" ? Number.NEGATIVE_INFINITY : Number(value),
            ],
          );
          expect(read).toEqual(rows.map(([team, value]) => [team, value === 0 ? 0 : value]));
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe.skipIf(!prometheusInstalled())("promtool check metrics", () => {
  it("finds nothing in the figures of the process, also after they were written as OpenMetrics", async () => {
    await exposeProcess("openmetrics");
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
      input: await exposeProcess("text"),
    });
    expect(`${stdout}${stderr}`).toBe("");
    expect(status).toBe(0);
  });
});
