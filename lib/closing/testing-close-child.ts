import { openDb } from "@/db/client.ts";
import { stopAt, withStops } from "@/db/testing-stops.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { closePeriod } from "./close.ts";
import { SETTINGS } from "./testing-close.ts";

/**
 * A close in a process of its own that stands still at a place, to be killed there: `node --import ./scripts/typescript.mjs
 * lib/closing/testing-close-child.ts <file> <word> <times>`. Its places are `ready` when the ledger is open, `day` for each day
 * proven, `begun`, `statement` for each SQL statement and `written` in its transaction, `closed` at the end. Prints the word when it is there.
 */
const [file, word, times] = process.argv.slice(2);
const pass = stopAt(word, Number(times));
const db = await openDb(`file:${file}`);
const watched = withStops(db, pass);
pass("ready");
await closePeriod(ctxOf(watched), SETTINGS, { period: "2026-10" }, { onProgress: () => pass("day") });
pass("closed");
await db.close();
