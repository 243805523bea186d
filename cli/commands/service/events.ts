import { type Command, InvalidArgumentError } from "commander";
import { type Io, Stopped } from "@/cli/io.ts";
import { formatOption, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import {
  eventMeansOf,
  listVisibleDestinations,
  listVisibleRefused,
  sendFrom,
  sendRefusedAgain,
  sendTo,
} from "@/lib/events/index.ts";
import type { ListedDestination } from "@/lib/events/list.ts";
import { counted } from "@/lib/format.ts";
import type { Column } from "@/lib/reports/report.ts";
import { formatInstant, type Interval, parseEdge } from "@/lib/time.ts";

const SHOWN = 1000;

function keyOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("Give a number, as the list shows it.");
  return Number(text);
}

interface SendOptions {
  readonly from?: string;
  readonly to?: string;
  readonly destination?: number;
  readonly refused?: true;
}

export function register(program: Command, io: Io): void {
  const events = program.command("events").summary("usage sent to OpenMeter and the like");
  events.description("Lists destinations of usage events, and sends what they do not have yet.");
  events
    .command("send")
    .option("--from <day or instant>", "usage from then on, also from before the destination was added")
    .option("--to <day or instant>", "usage before then")
    .option("--destination <key>", "only this one", keyOf)
    .option("--refused", "also send refused events again")
    .description(
      "Sends usage that the destinations do not have, now. What they have is not sent again. Exit code 1 where some of it could not be sent.",
    )
    .action((given: SendOptions) => withCtx({ mustExist: true }, (ctx) => send(io, ctx, given)));
  formatOption(events.command("list").description("Lists destinations as CSV or JSON; never a secret.")).action(
    ({ format }: { format: string }) =>
      withCtx({ mustExist: true }, async (ctx) =>
        writeRows(io, COLUMNS, (await listVisibleDestinations(ctx)).map(rowOf), format),
      ),
  );
  formatOption(events.command("refused").description("Lists refused events as CSV or JSON, the newest first.")).action(
    ({ format }: { format: string }) =>
      withCtx({ mustExist: true }, async (ctx) => writeRows(io, REFUSED_COLUMNS, await refusedRows(ctx), format)),
  );
}

function rangeOf({ from, to }: SendOptions, zone: string): Interval {
  const range = { start: from ? parseEdge(from, zone) : 0, end: to ? parseEdge(to, zone) : Number.MAX_SAFE_INTEGER };
  if (range.end <= range.start) throw new AppError("invalid", "--to must be after --from.");
  return range;
}

async function send(io: Io, ctx: Ctx, given: SendOptions): Promise<void> {
  const range = rangeOf(given, ctx.ledger.zone);
  const wanted = (await listVisibleDestinations(ctx)).filter(
    (d) => given.destination === undefined || d.key === given.destination,
  );
  if (wanted.length === 0)
    throw new AppError("not_found", "There is no such destination. Add one on the page Usage events.");
  let failed = false;
  for (const destination of wanted) failed = !(await sendOne(io, ctx, destination, given, range)) || failed;
  if (failed) throw new Stopped(1);
}

/** @returns whether everything was sent. */
async function sendOne(
  io: Io,
  ctx: Ctx,
  { key, name, pausedAt }: ListedDestination,
  { from, refused }: SendOptions,
  range: Interval,
): Promise<boolean> {
  if (from !== undefined) await sendFrom(ctx, key, range.start);
  if (refused) await sendRefusedAgain(ctx, key);
  const onProgress = (sent: number) => io.progress(`${name}: ${counted(sent, "event")} sent`);
  const means = eventMeansOf(env(), () => ctx.now() * 1000);
  const result = await sendTo(ctx, means, key, { range, now: true, signal: io.signal, onProgress });
  io.progress("");
  if (!result) {
    io.note(pausedAt === null ? `${name}: another process is sending.` : `${name} is paused.`);
    return false;
  }
  const parts = [`${counted(result.sent, "event")} sent`, ...(result.refused ? [`${result.refused} refused`] : [])];
  io.note(`${name}: ${parts.join(", ")}.${result.error ? ` ${result.error}` : ""}`);
  return result.refused === 0 && result.error === "";
}

const COLUMNS: readonly Column[] = [
  { key: "key", header: "key", unit: "count" },
  ...["name", "kind", "state", "from"].map((key) => ({ key, header: key, unit: "text" }) as const),
  ...["waiting", "sent", "refused"].map((key) => ({ key, header: key, unit: "count" }) as const),
  ...["last_sent", "error"].map((key) => ({ key, header: key, unit: "text" }) as const),
];

const rowOf = (d: ListedDestination) => ({
  ...{ key: d.key, name: d.name, kind: d.kind, state: d.pausedAt === null ? "in use" : "paused" },
  ...{ from: formatInstant(d.fromAt), waiting: d.waiting, sent: d.sent, refused: d.refused },
  ...{ last_sent: d.lastSentAt === null ? null : formatInstant(d.lastSentAt), error: d.error },
});

const REFUSED_COLUMNS: readonly Column[] = [
  "destination",
  "interval_start",
  "cluster",
  "workload",
  "gpu_model",
  "subject",
  "error",
].map((key) => ({ key, header: key, unit: "text" }) as const);

async function refusedRows(ctx: Ctx) {
  const all = [];
  for (const { key, name } of await listVisibleDestinations(ctx))
    for (const row of await listVisibleRefused(ctx, key, SHOWN))
      all.push({
        ...{ destination: name, interval_start: formatInstant(row.bucketAt), cluster: row.cluster },
        ...{ workload: row.workload, gpu_model: row.gpuModel, subject: row.subject, error: row.error },
      });
  return all;
}
