import { once } from "node:events";
import { openDb } from "./client.ts";
import * as schema from "./schema/index.ts";

/**
 * Another process on the same file, for the tests of several programs at once: `node --import ./scripts/typescript.mjs db/testing-child.ts <file> <act> <name>`.
 * Prints `ready` when the database is open, and `holding` while it is inside a transaction.
 */
const [file = "", act = "", name = ""] = process.argv.slice(2);
const lease = (i: number) => ({ name: `${name}-${i}`, owner: name, untilAt: i });

const db = await openDb(`file:${file}`);
console.log("ready");
if (act === "write") for (let i = 0; i < 50; i++) await db.write((tx) => tx.insert(schema.leases, [lease(i)]));
if (act === "hold" || act === "hang")
  await db.write(async (tx) => {
    await tx.insert(
      schema.leases,
      Array.from({ length: 5000 }, (_, i) => lease(i)),
    );
    console.log("holding");
    // Until it receives the signal to go on, or is killed.
    await once(process.stdin, "data");
  });
await db.close();
process.stdin.destroy();
