import { describe, expect, it } from "vitest";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { openSources, SOURCES } from "@/lib/sources/index.ts";
import type { Capability, Source } from "@/lib/sources/source.ts";
import { labSource } from "@/lib/sources/testing-lab.ts";
import { Sources } from "./sources.ts";

const RUNAI = { RUNAI_URL: "https://a.example", RUNAI_APP_ID: "a", RUNAI_APP_SECRET: "s" };
const PROMETHEUS = { PROMETHEUS_URL: "http://p.example" };
const lab = labSource({ start: 0, by: "pod", now: () => 0 });

const open = (settings: Record<string, string>, more = [lab]): Sources =>
  new Sources(openSources(parseEnv(settings), silentLog, [...SOURCES, ...more]));
const providers = (sources: Sources, id: string, source: string) =>
  Object.fromEntries(
    (["inventory", "phases", "samples", "totals", "labels"] as const).map((c: Capability) => [
      c,
      sources.providerOf(c, { id, source })?.source.name,
    ]),
  );

describe("each capability of a cluster comes from one source", () => {
  it.each([
    ["Run:ai alone", RUNAI, "runai", { samples: "runai", labels: undefined }],
    [
      "samples from Prometheus where there is one",
      { ...RUNAI, ...PROMETHEUS },
      "runai",
      { samples: "prometheus", labels: "prometheus" },
    ],
    [
      "Prometheus of this cluster",
      { ...RUNAI, ...PROMETHEUS, PROMETHEUS_CLUSTER: "c" },
      "runai",
      { samples: "prometheus", labels: "prometheus" },
    ],
    [
      "Prometheus of another cluster",
      { ...RUNAI, ...PROMETHEUS, PROMETHEUS_CLUSTER: "d" },
      "runai",
      { samples: "runai", labels: undefined },
    ],
    ["stored before owners were", RUNAI, "", { samples: "runai", labels: undefined }],
  ])("%s", (_, settings, owner, expected) => {
    expect(providers(open(settings), "c", owner)).toEqual({
      inventory: "runai",
      phases: "runai",
      totals: "runai",
      ...expected,
    });
  });

  it("all of it from its owner, which comes later in the list than Prometheus, where the owner provides it", () => {
    expect(providers(open({ ...RUNAI, ...PROMETHEUS }), "lab", "lab")).toEqual({
      inventory: "lab",
      phases: "lab",
      samples: "lab",
      totals: undefined,
      labels: "lab",
    });
  });

  it("none from anywhere once the owner is no longer configured", () => {
    const sources = open({ ...RUNAI, ...PROMETHEUS }, []);
    expect(sources.ownerOf({ id: "lab", source: "lab" })).toBeUndefined();
    expect(providers(sources, "lab", "lab")).toEqual({});
  });
});

it("what each source of the list provides is what it can read", () => {
  for (const source of openSources(parseEnv({ ...RUNAI, ...PROMETHEUS }), silentLog) satisfies Source[])
    expect(Object.keys(source.read).sort()).toEqual([...source.provides].sort());
});

it("the first source that provides counts is asked alone, and none in its place while it rests", () => {
  const [first] = openSources(parseEnv(PROMETHEUS), silentLog) as [Source];
  const second: Source = { ...first, name: "second", read: { ...first.read } };
  expect(new Sources([first, second]).firstReader("counts")).toBe(first.read.counts);
  expect(new Sources([{ ...first, rests: "paused" }, second]).firstReader("counts")).toBeUndefined();
  expect(new Sources([first, { ...second, rests: "broken" }]).firstReader("counts")).toBe(first.read.counts);
  expect(new Sources([]).firstReader("counts")).toBeUndefined();
});
