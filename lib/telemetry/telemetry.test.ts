import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";

interface Received {
  readonly path: string;
  // biome-ignore lint/suspicious/noExplicitAny: OTLP, read as it is
  readonly body: any;
}

let server: Server;
let received: Received[];
beforeEach(async () => {
  received = [];
  server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    // As a collector: OTLP over HTTP in JSON, at its two addresses alone.
    if (request.method !== "POST" || !/^\/v1\/(?:traces|metrics)$/.test(request.url ?? ""))
      response.writeHead(404).end();
    else if (request.headers["content-type"] !== "application/json") response.writeHead(415).end();
    else {
      received.push({ path: request.url ?? "", body: JSON.parse(Buffer.concat(parts).toString()) });
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    }
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
});
afterEach(() => new Promise((done) => server.close(done)));

const run = (mode: "on" | "off") =>
  promisify(execFile)(
    process.execPath,
    ["--import", "./scripts/typescript.mjs", path.join(import.meta.dirname, "testing-child.ts"), mode],
    {
      env: {
        ...{ PATH: process.env.PATH, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" },
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      } as unknown as NodeJS.ProcessEnv,
    },
  );

it("sends spans and metrics to a collector where it is on, without names of what was asked for", async () => {
  expect((await run("on")).stdout).toBe("true");
  const traces = received.filter((r) => r.path === "/v1/traces").flatMap((r) => r.body.resourceSpans);
  const spans = traces.flatMap((r) => r.scopeSpans.flatMap((s: { spans: unknown[] }) => s.spans)) as {
    name: string;
    parentSpanId?: string;
    spanId: string;
    status: { code?: number; message?: string };
  }[];
  expect(spans.map((s) => s.name).sort()).toEqual(["GET", "alerts", "sync"]);
  const [call, sync] = ["GET", "sync"].map((name) => spans.find((s) => s.name === name));
  expect(call?.parentSpanId).toBe(sync?.spanId);
  expect(spans.find((s) => s.name === "alerts")?.status).toMatchObject({ code: 2, message: "TypeError" });
  const resource = JSON.stringify(traces[0].resource.attributes);
  for (const word of ["gpu-ledger", "1.2.3", "jobs"]) expect(resource).toContain(word);
  const metrics = received.filter((r) => r.path === "/v1/metrics");
  const names = metrics.flatMap((r) =>
    r.body.resourceMetrics[0].scopeMetrics[0].metrics.map((m: { name: string }) => m.name),
  );
  expect(names).toEqual(expect.arrayContaining(["gpu_ledger.work.duration", "http.client.request.duration"]));
  for (const word of ["secret", "process.command"]) expect(JSON.stringify(received)).not.toContain(word);
});

it("sends nothing and loads nothing where it is off", async () => {
  const { stdout } = await run("off");
  expect([stdout, received]).toEqual(["false", []]);
});
