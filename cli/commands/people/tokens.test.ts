import { expect, it } from "vitest";
import { runLedger } from "@/cli/testing.ts";
import { sqliteFile } from "@/db/testing.ts";
import { createTeam } from "@/lib/attribution/team-changes.ts";
import { createToken } from "@/lib/auth/tokens.ts";
import { addUser } from "@/lib/auth/users.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";

it("ledger tokens list says for whom each token acts, and to which teams it is narrowed", async () => {
  const ledger = await sqliteFile();
  try {
    const ctx = { ...ctxOf(ledger.db), now: () => Math.floor(Date.now() / 1000) };
    const [vision, speech] = [await createTeam(ctx, { name: "Vision" }), await createTeam(ctx, { name: "Speech, EU" })];
    const ada = await addUser(ctx, { email: "ada@example.com", grants: [{ role: "finance" }] });
    await createToken(ctx, { name: "machine", scopes: ["metrics"] });
    await createToken(ctx, { name: "all of Ada", scopes: ["read"] }, ada.key);
    await createToken(ctx, { name: "two", scopes: ["read"], teamKeys: [vision.key, speech.key] }, ada.key);
    const { stdout, code } = await runLedger(["tokens", "list"], { DATABASE_URL: `file:${ledger.file}` });
    const [header, ...lines] = stdout.trim().replaceAll("\r", "").split("\n");
    expect([code, header]).toEqual([0, "id,name,scopes,created_by,created,expires,last_used,state,acts_for,teams"]);
    const ends = lines.map((line) => `${line.split(",")[1]}: ${line.slice(line.indexOf(",active,"))}`);
    expect(ends.sort()).toEqual([
      "all of Ada: ,active,ada@example.com,",
      "machine: ,active,the machine,",
      'two: ,active,ada@example.com,"Vision; Speech, EU"',
    ]);
  } finally {
    await ledger.drop();
  }
});
