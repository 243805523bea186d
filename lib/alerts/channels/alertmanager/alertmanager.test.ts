import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { createPost } from "@/lib/alerts/channels/post.ts";
import { type Receiver, startReceiver } from "@/lib/alerts/channels/testing-receiver.ts";
import { receiveAlerts } from "@/lib/alerts/received/receive.ts";
import { received } from "@/lib/alerts/rules/received.ts";
import { testMessage } from "@/lib/alerts/testing-message.ts";
import { type Ctx, localViewer, systemNow } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { alertmanager } from "./index.ts";
import { alertmanagerProgram, type RealAlertmanager, startAlertmanager } from "./testing-alertmanager.ts";

const program = alertmanagerProgram();
const isMissing = program === null && !process.env.CI;

describe.skipIf(isMissing)("a real Alertmanager", () => {
  let peer: RealAlertmanager;
  let hook: Receiver;
  let store: TestDb;
  const ctxOf = (): Ctx => ({
    db: store.db,
    now: systemNow,
    viewer: localViewer,
    log: silentLog,
    ledger: testLedger(),
  });
  const NOTHING = { teamKey: 0, threshold: 0, since: 0 };

  beforeAll(async () => {
    hook = await startReceiver(({ headers }) => ({
      status: headers.authorization === "Bearer gl_of_this_test" ? 200 : 401,
    }));
    [peer, store] = await Promise.all([
      startAlertmanager(program as string, { url: `${hook.url}/api/v1/alerts`, token: "gl_of_this_test" }),
      sqliteFile(),
    ]);
  });
  afterAll(() => Promise.all([peer?.stop(), hook?.close(), store?.drop()]));

  const post = createPost({ allowed: ["127.0.0.1"], timeoutMs: 5000, nowMs: Date.now });
  const send = (message: ReturnType<typeof testMessage>, given: Record<string, string> = {}) =>
    alertmanager.send(
      message,
      alertmanager.settings.parse({ urls: peer.url, labels: "team=gpu", ...given }),
      {},
      { post, mailer: null, now: 1, target: "" },
    );
  const active = async () =>
    (
      (await (await fetch(`${peer.url}/api/v2/alerts`)).json()) as {
        labels: Record<string, string>;
        annotations: Record<string, string>;
      }[]
    ).filter((a) => a.labels.ledger_alert);
  const hooked = async (wanted: (alert: { status: string; labels: Record<string, string> }) => boolean) => {
    for (;;) {
      const found = hook.got.map((g) => JSON.parse(g.body)).find((body) => body.alerts.some(wanted));
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it("takes an alert, takes it again as the same one, and ends it", async () => {
    const at = systemNow();
    const message = testMessage({ startedAt: at - 60, at });
    expect(await send(message)).toMatchObject({ result: "sent", status: 200 });
    expect(
      await send({ ...message, change: "update", severity: "critical", title: "Worse", at: at + 1 }),
    ).toMatchObject({ result: "sent" });
    expect(await active()).toMatchObject([
      {
        labels: { alertname: "GpuLedger", ledger_alert: message.dedupeKey, team: "gpu" },
        annotations: { title: "Worse" },
      },
    ]);
    expect(await send({ ...message, change: "resolve", resolvedAt: at })).toMatchObject({ result: "sent" });
    expect(await active()).toEqual([]);
    expect(await send(message, { urls: `${peer.url},http://127.0.0.1:1` })).toMatchObject({ result: "retry" });
    expect(await send({ ...message, dedupeKey: "", rule: { key: 1, kind: "", name: "" } })).toMatchObject({
      result: "sent",
    });
  });

  it("sends its own alerts to us once, and our alerts do not come back", async () => {
    const startsAt = new Date((systemNow() - 120) * 1000).toISOString();
    const labels = { alertname: "GpuTemperature", node: "gpu-7", severity: "critical" };
    const alert = { labels, annotations: { summary: "93 °C", description: "GPU 3 is hot." }, startsAt };
    const put = (more: object = {}) =>
      fetch(`${peer.url}/api/v2/alerts`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify([{ ...alert, ...more }]),
      });
    await put();
    const firing = await hooked((a) => a.status === "firing" && a.labels.alertname === "GpuTemperature");
    expect([await receiveAlerts(ctxOf(), firing), await receiveAlerts(ctxOf(), firing)]).toEqual([1, 0]);
    expect(await received.read(ctxOf(), NOTHING)).toMatchObject([
      {
        title: "GpuTemperature: 93 °C",
        severity: "critical",
        summary: "GPU 3 is hot.",
        facts: [
          { label: "node", value: "gpu-7" },
          { label: "severity", value: "critical" },
        ],
      },
    ]);
    await put({ endsAt: new Date().toISOString() });
    const resolved = await hooked((a) => a.status === "resolved" && a.labels.alertname === "GpuTemperature");
    expect(await receiveAlerts(ctxOf(), resolved)).toBe(1);
    // A firing one that comes late does not open it again.
    expect(await receiveAlerts(ctxOf(), firing)).toBe(0);
    expect(await received.read(ctxOf(), NOTHING)).toEqual([]);
    const own = await hooked((a) => a.labels.ledger_alert !== undefined);
    expect(await receiveAlerts(ctxOf(), own)).toBe(0);
  });

  it("is understood where newer versions add fields, and refused where it is not an alert", async () => {
    const one = {
      status: "firing",
      labels: { alertname: "A" },
      annotations: {},
      startsAt: "2026-11-20T08:00:00Z",
      endsAt: "0001-01-01T00:00:00Z",
      fingerprint: "f",
      routeLabels: {},
    };
    expect(await receiveAlerts(ctxOf(), { version: "4", notification_reason: "group", alerts: [one] })).toBe(1);
    for (const wrong of [{ version: "5", alerts: [] }, {}, null, { version: "4", alerts: [{ ...one, startsAt: "x" }] }])
      await expect(receiveAlerts(ctxOf(), wrong)).rejects.toMatchObject({ code: "invalid" });
    await expect(receiveAlerts({ ...ctxOf(), viewer: { ...localViewer, roles: ["finance"] } }, {})).rejects.toThrow(
      /You may not send alerts to the ledger/,
    );
  });
});
