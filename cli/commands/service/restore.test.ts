import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runLedger } from "@/cli/testing.ts";
import { openDb, sql } from "@/db/client.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { findSessionViewer, signInWithLink, signInWithPassword } from "@/lib/auth/sign-in.ts";
import { createToken, findTokenViewer, listTokens, revokeToken } from "@/lib/auth/tokens.ts";
import { addUser, createLink } from "@/lib/auth/users.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { verifyChain } from "@/lib/closing/audit.ts";
import { closePeriod } from "@/lib/closing/close.ts";
import { SETTINGS, seedOctober } from "@/lib/closing/testing-close.ts";
import type { Ctx } from "@/lib/ctx.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-restore-"));
  file = path.join(folder, "ledger.db");
  await within((ctx) => seedOctober(ctx.db));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function within<T>(body: (ctx: Ctx) => Promise<T>): Promise<T> {
  const db = await openDb(`file:${file}`);
  try {
    return await body(ctxOf(db));
  } finally {
    await db.close();
  }
}
const ledger = (...args: string[]) => runLedger(args, { DATABASE_URL: `file:${file}`, LOG_LEVEL: "silent" });
const backup = async () =>
  (await ledger("backup", path.join(folder, `copy-${readdirSync(folder).length}.db`))).stdout.trim();
const close = () => within((ctx) => closePeriod(ctx, SETTINGS, { period: "2026-10" }));
const numbers = () =>
  within(async ({ db }) =>
    (await db.all<{ number: string }>(sql`select number from statements order by number`)).map((r) => r.number),
  );
const faults = () => within((ctx) => verifyChain(ctx, SETTINGS));
const acts = () =>
  within(async ({ db }) =>
    (await listActs(db, 20, "ledger/restore")).map(({ action, actorId, reason, after }) => ({
      action,
      actorId,
      reason,
      after: JSON.parse(after ?? "null") as unknown,
    })),
  );

const FIRST = ["GL-2026-10-0001", "GL-2026-10-0002", "GL-2026-10-0003"];
const SECOND = ["GL-2026-10-0004", "GL-2026-10-0005", "GL-2026-10-0006"];
const THIRD = ["GL-2026-10-0007", "GL-2026-10-0008", "GL-2026-10-0009"];

describe("a restore of a backup from before a close", () => {
  test("is refused, and names the close; nothing changes", async () => {
    const copy = await backup();
    await close();
    const refused = await ledger("restore", copy);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("Not restored: the ledger has closes that the backup does not have");
    expect(refused.stderr).toContain(
      "  2026-10, closed 2026-11-10T12:00:00Z by local, statements GL-2026-10-0001 to GL-2026-10-0003\n",
    );
    expect(refused.stderr).toContain("Add --undo-closes");
    expect(readdirSync(folder).filter((name) => /part|before-restore/.test(name))).toEqual([]);
    expect(await numbers()).toEqual(FIRST);
  });

  test("with --undo-closes is on record, and no number is issued a second time, however often", async () => {
    const copy = await backup();
    const sealed = await close();
    const restored = await ledger("restore", copy, "--undo-closes", "--reason", "The wrong price book");
    expect(restored).toMatchObject({ code: 0, stdout: "" });
    expect(restored.stderr).toContain("statements GL-2026-10-0001 to GL-2026-10-0003\nRestored ");
    expect(await numbers()).toEqual([]);
    const undone = {
      periodId: "2026-10",
      hash: sealed.close.hash,
      closedAt: sealed.close.closedAt,
      closedBy: "local",
      numbers: { fiscalYear: 2026, first: 1, last: 3 },
    };
    const act = {
      action: "ledger.restore",
      actorId: `cli:${userInfo().username}`,
      reason: "The wrong price book",
      after: { undone: [undone] },
    };
    expect(await acts()).toEqual([act]);

    const again = await close();
    expect(await numbers()).toEqual(SECOND);
    expect(again.close.hash).not.toBe(sealed.close.hash);
    expect(await faults()).toEqual([]);
    expect((await ledger("check")).stdout).not.toContain("closes:");

    // The same backup once more: it knows nothing of either close.
    expect((await ledger("restore", copy)).stderr).toContain("GL-2026-10-0004 to GL-2026-10-0006");
    expect(await ledger("restore", copy, "--undo-closes")).toMatchObject({ code: 0 });
    const both = [{ after: { undone: [{ numbers: { first: 4, last: 6 } }, { numbers: { first: 1, last: 3 } }] } }];
    expect(await acts()).toMatchObject(both);
    await close();
    expect(await numbers()).toEqual(THIRD);
    expect(await faults()).toEqual([]);
  });

  test("remembers what was undone also where it undoes nothing itself", async () => {
    const copy = await backup();
    await close();
    await ledger("restore", copy, "--undo-closes");
    expect(await ledger("restore", copy)).toMatchObject({ code: 0 });
    await close();
    expect(await numbers()).toEqual(SECOND);
    // Back to the first close, which is whole in the ledger that was kept: the second one is undone by it.
    const kept = `${file}.before-restore-1`;
    expect(await ledger("restore", kept)).toMatchObject({ code: 1 });
    expect(await ledger("restore", kept, "--undo-closes")).toMatchObject({ code: 0 });
    expect(await numbers()).toEqual(FIRST);
    expect(await acts()).toMatchObject([{ after: { undone: [{ numbers: { first: 4, last: 6 } }] } }]);
    expect(await faults()).toEqual([]);
  });

  test("that has the close needs no flag, and is on record", async () => {
    await close();
    const copy = await backup();
    expect(await ledger("restore", copy)).toMatchObject({ code: 0 });
    expect(await numbers()).toEqual(FIRST);
    expect(await acts()).toMatchObject([{ action: "ledger.restore", after: { undone: [] } }]);
    expect(await faults()).toEqual([]);
  });

  test("signs everybody out, and is on record for it: the backup holds sessions of its day", async () => {
    const limits = { idleSeconds: 3600, lifetimeSeconds: 7200 };
    const given = { email: "ada@example.com", password: "correct horse battery" };
    const id = await within(async (ctx) => {
      await addUser(ctx, { ...given, grants: [{ role: "admin" }] });
      return (await signInWithPassword(ctx, given, { address: "", agent: "" }, limits)).id;
    });
    const viewer = () => within(async (ctx) => (await findSessionViewer(ctx, id, limits))?.viewer.id);
    expect(await viewer()).toBe("ada@example.com");
    const copy = await backup();
    expect(await ledger("restore", copy)).toMatchObject({ code: 0 });
    expect(await viewer()).toBe(undefined);
    expect(await acts()).toMatchObject([{ after: { undone: [], everybodySignedOut: true } }]);
    expect(await ledger("restore", copy)).toMatchObject({ code: 0 });
  });

  test("gives back no token and no one-time link that was ended since, where nobody was signed in", async () => {
    const { key, token } = await within(async (ctx) => {
      const ada = await addUser(ctx, { email: "ada@example.com", grants: [{ role: "admin" }] });
      return { key: ada.key, ...(await createToken(ctx, { name: "export", scopes: ["read"] }, ada.key)) };
    });
    const ofToken = () => within((ctx) => findTokenViewer(ctx, token));
    expect((await ofToken()).roles).toEqual(["admin"]);
    const tokens = await backup();
    await within(async (ctx) => revokeToken(ctx, (await listTokens(ctx, true))[0]?.id ?? ""));
    expect(await ledger("restore", tokens)).toMatchObject({ code: 0 });
    await expect(ofToken()).rejects.toMatchObject({ code: "unauthenticated" });
    expect(await acts()).toMatchObject([{ after: { everybodySignedOut: true } }]);

    const { secret } = await within((ctx) => createLink(ctx, key));
    const links = await backup();
    expect(await ledger("restore", links)).toMatchObject({ code: 0 });
    const limits = { idleSeconds: 3600, lifetimeSeconds: 7200 };
    await expect(
      within((ctx) => signInWithLink(ctx, { secret }, { address: "", agent: "" }, limits)),
    ).rejects.toMatchObject({ code: "unauthenticated" });
  });

  test("over a damaged or lost ledger takes the highest number from the person", async () => {
    const copy = await backup();
    writeFileSync(file, "no longer a database, but long enough to look like a file. ".repeat(50));
    const refused = await ledger("restore", copy);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("is damaged, and its closes cannot be") });
    const wrong = await ledger("restore", copy, "--undo-closes", "--last-number", "0003");
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"0003" is not the number of a statement'),
    });
    expect(existsSync(`${file}.before-restore-1`)).toBe(false);
    const done = await ledger("restore", copy, "--undo-closes", "--last-number", "GL-2026-10-0003");
    expect(done).toMatchObject({ code: 0 });
    await close();
    expect(await numbers()).toEqual(SECOND);
    expect(await faults()).toEqual([]);

    rmSync(file);
    expect(await ledger("restore", copy, "--last-number", "GL-2026-10-0006")).toMatchObject({ code: 0 });
    await close();
    expect(await numbers()).toEqual(THIRD);
    expect(await faults()).toEqual([]);
  });
});
