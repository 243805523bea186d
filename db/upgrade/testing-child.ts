import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Outcome, runCommand } from "./testing-commands.ts";
import type { Order } from "./testing-orders.ts";

/**
 * Runs orders in a process whose settings and clock are its own: `… db/upgrade/testing-child.ts <folder>` reads
 * `orders.json` there, and writes the output of the nth order to `<n>.out`, and how each ended to `outcomes.json`.
 */
const [folder = ""] = process.argv.slice(2);
const orders = JSON.parse(readFileSync(path.join(folder, "orders.json"), "utf8")) as Order[];
const seconds = (at: string) => Date.parse(at) / 1000;

/** The id of a proposal by its title, as the list of proposals has it. */
async function proposalIn(text: string, at: number): Promise<string> {
  const title = /^\$proposal:(.+)$/.exec(text)?.[1];
  if (title === undefined) return text;
  const { stdout } = await runCommand(["prices", "proposals"], at);
  const row = stdout
    .toString()
    .split(/\r?\n/)
    .find((line) => line.includes(title));
  if (!row) throw new Error(`there is no proposal "${title}"`);
  return row.split(",")[0] as string;
}

const ends: Pick<Outcome, "code" | "stderr">[] = [];
for (const [n, order] of orders.entries()) {
  const at = seconds(order.at);
  const args: string[] = [];
  for (const arg of order.args) args.push(await proposalIn(arg, at));
  const { code, stderr, stdout } = await runCommand(args, at);
  ends.push({ code, stderr });
  writeFileSync(path.join(folder, `${n}.out`), stdout);
}
writeFileSync(path.join(folder, "outcomes.json"), JSON.stringify(ends));
process.exit(0);
