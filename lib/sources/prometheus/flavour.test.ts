import { describe, expect, it } from "vitest";
import { parametersFor, peerName, rangeMsFor, readPeer } from "./flavour.ts";

const go = { revision: "r", goVersion: "go1" };

describe("readPeer", () => {
  it.each([
    [{ version: "2.42.0", ...go }, {}, "prometheus", false],
    [{ version: "3.5.1", ...go }, {}, "prometheus", true],
    [{ version: "0.36.0", ...go }, {}, "thanos", null],
    [{ version: "1.17.0", ...go }, {}, "cortex", null],
    [{ version: "2.15.0", application: "Grafana Mimir", ...go }, {}, "mimir", null],
    [{ version: "2.24.0" }, { "x-server-hostname": "vm" }, "victoriametrics", true],
    [{}, { "x-server-hostname": "vm" }, "victoriametrics", true],
    [{ version: "2.24.0" }, {}, "unknown", null],
    [{ version: "2.1.0", application: "Somebody's store", ...go }, {}, "unknown", null],
    [null, {}, "unknown", null],
  ])("%j with headers %j is %s", (build, headers, flavour, leftOpen) => {
    expect(readPeer(build, headers)).toMatchObject({ flavour, leftOpen });
  });

  it("names the peer", () => {
    expect(peerName(readPeer({ version: "2.42.0", ...go }, {}))).toBe("Prometheus 2.42.0");
    expect(peerName(readPeer(null, {}))).toBe("A Prometheus-compatible server");
  });
});

describe("what a query says besides itself", () => {
  const of = (flavour: Parameters<typeof parametersFor>[0]["flavour"]) =>
    parametersFor({ flavour, version: null, leftOpen: null });
  it("asks Thanos, and who may be it, not to answer in part", () => {
    expect(of("thanos")).toEqual({ dedup: "true", partial_response: "false", max_source_resolution: "0s" });
    expect(of("unknown")).toEqual(of("thanos"));
  });
  it("asks VictoriaMetrics not to use its cache, others nothing", () => {
    expect(of("victoriametrics")).toEqual({ nocache: "1", latency_offset: "30s" });
    expect(of("prometheus")).toEqual({});
    expect(of("mimir")).toEqual({});
  });
  it("leaves out the left edge of a range unless the peer does", () => {
    expect(rangeMsFor({ flavour: "prometheus", version: null, leftOpen: true }, 60)).toBe(60_000);
    expect(rangeMsFor({ flavour: "prometheus", version: null, leftOpen: false }, 60)).toBe(59_999);
    expect(rangeMsFor({ flavour: "unknown", version: null, leftOpen: null }, 60)).toBe(59_999);
  });
});
