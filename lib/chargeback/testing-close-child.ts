import { openDb } from "@/db/client";
import { closePeriod } from "./close.ts";
import { SETTINGS } from "./testing-close.ts";
import { ctxOf } from "./testing-ledger.ts";

/**
 * A close in a process of its own, to be killed: `node --import ./scripts/typescript.mjs lib/chargeback/testing-close-child.ts <file>`. Prints `ready` when the
 * ledger is open, `day` for each day proven, `closed` at the end.
 */
const db = await openDb(`file:${process.argv[2]}`);
console.log("ready");
await closePeriod(ctxOf(db), SETTINGS, { period: "2026-10" }, { onProgress: () => console.log("day") });
console.log("closed");
await db.close();
