import { openDb } from "@/db/client.ts";
import { stopAt, withStops } from "@/db/testing-stops.ts";
import { evaluateAll } from "./testing-evaluate.ts";

/**
 * An evaluation in a process of its own that stands still at a place, to be killed there: `node --import ./scripts/typescript.mjs
 * lib/insights/evaluate/testing-evaluate-child.ts <file> <word> <times>`. Prints the word when it is there.
 */
const [file, word, times] = process.argv.slice(2);
const db = await openDb(`file:${file}`);
await evaluateAll(withStops(db, stopAt(word, Number(times))));
await db.close();
