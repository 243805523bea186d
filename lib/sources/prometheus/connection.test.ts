import { afterEach, describe, expect, it } from "vitest";
import { createPrometheusSource } from "./index.ts";
import { type Asked, buildInfo, quick, type Reply, startServer, type TestServer, vector } from "./testing-server.ts";

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
});

async function report(reply: (asked: Asked) => Reply | null, more: object = {}) {
  server = await startServer(reply);
  const source = createPrometheusSource({ url: server.url, ...quick, ...more });
  const answer = await source.connection();
  await source.close();
  return answer;
}

const peer = (...found: string[]) => {
  return (asked: Asked) => {
    const query = asked.form.get("query") ?? "";
    if (!asked.path.endsWith("/query")) return null;
    return query === "vector(1)" || found.some((name) => query === `count(${name})`) ? vector("1") : vector();
  };
};

describe("test()", () => {
  it("reports the server and which series exist", async () => {
    const answer = await report(peer("DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_DEV_FB_USED"));
    expect(answer).toMatchObject({ source: "prometheus", url: server?.url, ok: true, version: "Prometheus 2.42.0" });
    expect(answer.latencyMs).toBeGreaterThanOrEqual(0);
    expect(answer.message).toBe(
      "Prometheus 2.42.0 answers. Found: DCGM_FI_DEV_GPU_UTIL, DCGM_FI_DEV_FB_USED. Not found: DCGM_FI_PROF_GR_ENGINE_ACTIVE, " +
        "DCGM_FI_PROF_SM_ACTIVE, DCGM_FI_PROF_DRAM_ACTIVE, DCGM_FI_PROF_PIPE_TENSOR_ACTIVE, DCGM_FI_DEV_POWER_USAGE, " +
        "DCGM_FI_DEV_GPU_TEMP, DCGM_FI_DEV_XID_ERRORS.",
    );
  });

  it.each([
    ["87", "DCGM_FI_DEV_GPU_UTIL is read as percent, which its values prove."],
    ["0.87", "DCGM_FI_DEV_GPU_UTIL is read as a ratio from 0 to 1, which its values prove."],
    ["1", "Found: DCGM_FI_DEV_GPU_UTIL."],
  ])("says which unit the largest value %s proves", async (value, sentence) => {
    const known = peer("DCGM_FI_DEV_GPU_UTIL");
    const { message } = await report((asked) => {
      return asked.form.get("query") === "max(DCGM_FI_DEV_GPU_UTIL)" ? vector(value) : known(asked);
    });
    expect(message).toContain(sentence);
    expect(message.includes("read as")).toBe(value !== "1");
  });

  it("knows the names of dcgm-exporter 4.9 and of nvidia_gpu_exporter", async () => {
    for (const name of ["DCGM_FI_DEV_GPU_UTIL_RATIO", "nvidia_smi_utilization_gpu_ratio"]) {
      const answer = await report(peer(name));
      expect([answer.ok, answer.message]).toEqual([true, expect.stringContaining(`answers. Found: ${name}.`)]);
    }
  });

  it("is not ok without any utilisation", async () => {
    const none = "Prometheus 2.42.0 answers. No DCGM_FI_DEV_GPU_UTIL series: is dcgm-exporter scraped?";
    expect(await report(peer())).toMatchObject({ ok: false, message: none });
    expect((await report(peer("DCGM_FI_DEV_FB_USED"))).ok).toBe(false);
    expect(await report(peer("runai_gpu_utilization_per_pod_per_gpu"))).toMatchObject({
      ok: true,
      message: expect.stringContaining("No DCGM_FI_DEV_GPU_UTIL series"),
    });
  });

  it("asks once, and says what is wrong", async () => {
    expect(await report(() => ({ status: 503, body: "Service Unavailable" }))).toMatchObject({
      ok: false,
      version: null,
      latencyMs: null,
      message: expect.stringContaining("not ready"),
    });
    expect(server?.asked).toHaveLength(1);
    expect((await report(() => ({ status: 401, body: "no org id" }))).message).toContain("X-Scope-OrgID");
    expect((await report(() => ({ body: "<html>login</html>" }))).message).toContain("HTML page");
    const odd = (asked: Asked) => (asked.path.endsWith("buildinfo") ? buildInfo("3.1.0") : vector("2"));
    expect(await report(odd)).toMatchObject({
      ok: false,
      message: expect.stringContaining("not 1 to the query vector(1)"),
    });
  });

  it("never throws, and shows no password", async () => {
    const source = createPrometheusSource({ url: "http://user:secret@127.0.0.1:1", ...quick });
    const answer = await source.connection();
    await source.close();
    expect(answer).toMatchObject({
      ok: false,
      url: "http://127.0.0.1:1",
      message: expect.stringContaining("not reachable"),
    });
    expect(JSON.stringify(answer)).not.toContain("secret");
    const bearerTokenFile = "/nowhere/token";
    expect((await report(peer(), { bearerTokenFile })).message).toContain("PROMETHEUS_BEARER_TOKEN_FILE");
  });
});
