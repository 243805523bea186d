import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { withCtx } from "@/cli/open.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { csvChunks } from "@/lib/exports/csv.ts";
import { type GapStatus, listGaps } from "@/lib/sync/windows/gap-store.ts";
import { formatInstant, parseEdge } from "@/lib/time.ts";

const STATUSES = ["open", "known", "healed"];
const PAGE = 500;

interface Options {
  readonly status?: string;
  readonly from?: string;
  readonly to?: string;
}

export function register(program: Command, io: Io): void {
  program
    .command("gaps")
    .summary("list what the sources did not give")
    .description(
      "Lists, as CSV, the stretches for which a source gave nothing, each with its cause. Open ones are tried again by themselves.",
    )
    .option("--status <status>", "only open, known (the source no longer has it) or healed ones")
    .option("--from <date>", "only gaps that end after this day or instant")
    .option("--to <date>", "only gaps that begin before this day or instant")
    .action((options: Options) => run(io, options));
}

async function run(io: Io, options: Options): Promise<void> {
  const status = options.status as GapStatus | undefined;
  if (status && !STATUSES.includes(status))
    throw new AppError("invalid", `--status ${status}: expected ${STATUSES.join(", ")}.`);
  const zone = env().BILLING_TIME_ZONE;
  const within = {
    start: options.from ? parseEdge(options.from, zone) : 0,
    end: options.to ? parseEdge(options.to, zone) : Number.MAX_SAFE_INTEGER,
  };
  await withCtx({ mustExist: true }, async (ctx) => {
    async function* pages() {
      for (let offset = 0; ; offset += PAGE) {
        const rows = await listGaps(ctx.db, { status, within, limit: PAGE, offset });
        yield rows.map((g) => ({
          ...g,
          start: formatInstant(g.start),
          end: formatInstant(g.end),
          seconds: g.end - g.start,
        }));
        if (rows.length < PAGE) return;
      }
    }
    const text = (key: string) => ({ key, header: key, unit: "text" as const });
    const columns = [
      ...["start", "end"].map(text),
      { key: "seconds", header: "seconds", unit: "count" as const },
      ...["clusterId", "source", "subject", "status", "cause"].map(text),
    ];
    for await (const chunk of csvChunks(columns, pages())) await io.write(chunk);
  });
}
