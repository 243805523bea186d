import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runLedger } from "@/cli/testing.ts";
import { sql } from "@/db/client.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { type Receiver, startReceiver } from "@/lib/alerts/channels/testing-receiver.ts";
import { addChannel } from "@/lib/alerts/index.ts";
import { localViewer, systemNow } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { type MailServer, startMailServer } from "@/lib/mail/testing-server.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { testLedger } from "@/lib/testing-ctx.ts";

let store: TestDb & { file: string };
let mail: MailServer;
let hook: Receiver;
const settings = () => ({
  ...{ DATABASE_URL: `file:${store.file}`, SMTP_URL: mail.url, MAIL_FROM: "ledger@example.com" },
  ...{ ALERT_EMAIL_TO: "all@example.com", ALERT_ALLOWED_HOSTS: "127.0.0.1" },
});
const run = (...args: string[]) => runLedger(["alerts", ...args], settings());

beforeAll(async () => {
  [store, mail, hook] = await Promise.all([sqliteFile(), startMailServer(), startReceiver(() => ({ status: 200 }))]);
  const at = systemNow() - 7200;
  await store.db.write((tx) =>
    tx.run(
      sql`insert into sync_runs (id, kind, started_at, finished_at, status, counts, error) values ('a', 'live', ${at}, ${at}, 'ok', '{}', '')`,
    ),
  );
  const ctx = { db: store.db, now: systemNow, viewer: localViewer, log: silentLog, ledger: testLedger() };
  const secret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
  await addChannel(ctx, secretKeys(parseEnv(settings())), {
    kind: "webhook",
    name: "Ops",
    fields: { url: hook.url, secret },
  });
});
afterAll(() => Promise.all([store.drop(), mail.close(), hook.close()]));

it("adds the recommended rules, evaluates once, and lists what happened", async () => {
  expect(await run()).toMatchObject({ code: 2, stderr: expect.stringContaining("--once") });
  expect((await run("recommended")).stderr).toMatch(/^\d rules added\./);
  await store.db.write((tx) => tx.run(sql`update alert_rules set people = 0 where kind = 'sync-late'`));
  expect(await run("--once")).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^1 change, 1 message sent\.\n/),
  });
  expect(mail.mails.map((m) => m.to)).toEqual([["all@example.com"]]);
  expect((await run("--once")).stderr).toMatch(/^0 changes, 0 messages sent/);
  expect((await run("list")).stdout).toMatch(
    /^id,rule,state,severity,.*\r\n[^,]+,\d+,firing,critical,sync,No sync for 2 h/,
  );
  const { rows } = JSON.parse((await run("list", "--format", "json")).stdout);
  expect(rows).toMatchObject([{ state: "firing", subject: "sync", resolved: null, acknowledged_by: null }]);
  const id = String(rows[0]?.id);
  expect(await run("acknowledge", "nothing")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("no such alert"),
  });
  expect(await run("acknowledge", id, "--reason", "on it")).toMatchObject({
    ...{ code: 0, stderr: expect.stringContaining("Acknowledged.") },
  });
  expect((await run("--once")).stderr).toMatch(/^0 changes, 1 message sent/);
  expect(await run("acknowledge", id)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("acknowledged it already"),
  });
  expect(await run("list", "--format", "xml")).toMatchObject({ code: 2, stderr: expect.stringContaining("csv, json") });
  const rule = /^(\d+),sync-late/m.exec((await run("rules")).stdout)?.[1] as string;
  expect((await run("mute", rule, "--for", "2h", "--reason", "maintenance")).stderr).toMatch(/^Muted until/);
  expect((await run("rules")).stdout).toMatch(/sync-late,Sync is late,,1800,critical,20\d\d-/);
});

it("tests a channel, says what failed, and sends again", async () => {
  const key = /^(\d+),webhook/m.exec((await run("channels")).stdout)?.[1] as string;
  expect(await run("test", key)).toMatchObject({ code: 0, stderr: "sent (200)\n" });
  hook.answers.push({ status: 404, text: "nobody is here" });
  expect(await run("test", key)).toMatchObject({ code: 1, stderr: "given up (404): nobody is here\n" });
  const message = /^(\d+),test\/[^,]+,test,\d+,,dead/m.exec((await run("messages")).stdout)?.[1] as string;
  expect(await run("retry", message)).toMatchObject({ code: 0, stderr: expect.stringContaining("1 message sent") });
  expect(await run("retry", message)).toMatchObject({ code: 1, stderr: expect.stringContaining("not given up") });
  expect(await run("test", "x")).toMatchObject({ code: 2 });
});

it("switches and deletes a rule, changes and deletes a channel", async () => {
  const rule = /^(\d+),sync-late/m.exec((await run("rules")).stdout)?.[1] as string;
  expect(await run("switch-rule", rule, "of")).toMatchObject({ code: 2, stderr: expect.stringContaining("on or off") });
  expect((await run("switch-rule", rule, "off")).stderr).toBe("The rule is off.\n");
  expect((await run("rules")).stdout).toMatch(/sync-late,.*,off,/);
  expect((await run("delete-rule", rule, "--reason", "no longer needed")).stderr).toBe(`Rule ${rule} deleted.\n`);
  expect((await run("rules")).stdout).not.toContain("sync-late");
  expect(await run("delete-rule", rule)).toMatchObject({ code: 2, stderr: expect.stringContaining("no alert rule") });

  const channel = /^(\d+),webhook/m.exec((await run("channels")).stdout)?.[1] as string;
  expect((await run("change-channel", channel, "--name", "Night", "--rate", "5")).stderr).toContain("changed");
  expect((await run("channels")).stdout).toContain(`${channel},webhook,Night,on`);
  expect(await run("change-channel", channel, "--set", "secret=whsec_x")).toMatchObject({
    ...{ code: 2, stderr: expect.stringContaining("--secret-file") },
  });
  expect(await run("change-channel", channel, "--set", "colour=red")).toMatchObject({
    ...{ code: 2, stderr: expect.stringContaining('no field "colour"') },
  });
  const file = path.join(mkdtempSync(path.join(tmpdir(), "ledger-")), "url");
  writeFileSync(file, `${hook.url}/moved\n`);
  const secret = path.join(path.dirname(file), "secret");
  writeFileSync(secret, `whsec_${Buffer.alloc(24, 8).toString("base64")}\n`);
  const moved = ["--secret-file", `url=${file}`, "--secret-file", `secret=${secret}`];
  expect(await run("change-channel", channel, ...moved)).toMatchObject({ code: 0 });
  expect(await run("test", channel)).toMatchObject({ code: 0 });
  expect(hook.got.at(-1)?.path).toMatch(/\/moved$/);
  expect((await run("delete-channel", channel)).stderr).toContain("deleted, with its secrets");
  expect((await run("channels")).stdout).not.toContain("webhook");
  const acts = await store.db.all<{ subject: string; reason: string }>(
    sql`select subject, reason from audit_log where subject in (${`alert-rule/${rule}`}, ${`channel/${channel}`}) order by at, id`,
  );
  expect(acts.filter((a) => a.reason === "no longer needed")).toEqual([
    { subject: `alert-rule/${rule}`, reason: "no longer needed" },
  ]);
  expect(acts.filter((a) => a.subject === `channel/${channel}`).length).toBeGreaterThanOrEqual(4);
});
