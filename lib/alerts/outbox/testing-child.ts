import { once } from "node:events";
import { openDb } from "@/db/client.ts";
import { createPost } from "@/lib/alerts/channels/index.ts";
import { jobViewer, systemNow } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { createMailer } from "@/lib/mail/index.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { deliverDue } from "./deliver.ts";

/**
 * Delivers what is due in another process, which stands still before its `stop`-th write: 1 is the claim, 2 the record of what became of
 * it. Prints `reached` there, and is killed: `node --import ./scripts/typescript.mjs lib/alerts/outbox/testing-child.ts <file> <key> <stop> [seconds that its clock is ahead] [milliseconds that it waits for a reply] [mail server]`.
 */
const [file = "", key = "", stop = "", later = "0", wait = "5000", mail = ""] = process.argv.slice(2);
const now = () => systemNow() + Number(later);
const db = await openDb(`file:${file}`);
let writes = 0;
const standing: typeof db = {
  dialect: db.dialect,
  all: db.all.bind(db),
  find: db.find.bind(db),
  close: db.close.bind(db),
  write: async (body) =>
    db.write(async (tx) => {
      const result = await body(tx);
      if (++writes === Number(stop)) {
        console.log("reached");
        await once(process.stdin, "data");
      }
      return result;
    }),
};
await deliverDue(
  { db: standing, now, viewer: jobViewer("alerts"), log: silentLog, ledger: testLedger() },
  {
    post: createPost({ allowed: ["127.0.0.1"], timeoutMs: Number(wait), nowMs: () => now() * 1000 }),
    mailer: mail
      ? createMailer({ url: mail, from: "ledger@example.com", caFile: null, timeoutMs: Number(wait) })
      : null,
    ...{ keys: secretKeys(parseEnv({ SECRETS_KEY: key })), leaseSeconds: 60 },
  },
);
