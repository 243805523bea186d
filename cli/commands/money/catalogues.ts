import path from "node:path";
import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { column, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import { readFileBytes } from "@/cli/read-file.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { readPriceFeedNow } from "@/lib/jobs/index.ts";
import { formatNanos } from "@/lib/money.ts";
import { CATALOGUE_COLUMNS, type CatalogueTerms } from "@/lib/pricing/catalogue.ts";
import { findListPrices, importCatalogue, removeCatalogue } from "@/lib/pricing/catalogue-changes.ts";
import { listCatalogues } from "@/lib/pricing/catalogue-store.ts";

const MOST = 1000;

export function register(program: Command, io: Io): void {
  const catalogues = program
    .command("catalogues")
    .summary("public list prices to choose rates from")
    .description(
      "Imports price lists of clouds, and searches them. They price nothing until one is proposed and approved.",
    );
  catalogues
    .command("import")
    .argument("<file>", "CSV, also packed as .gz")
    .description(
      `Imports a price list, in place of the one of its name: whole, or not at all. Columns: ${CATALOGUE_COLUMNS.join(", ")}. A price is for an hour of the whole instance, its parts added with +.`,
    )
    .option("--cloud <name>", "whose prices they are, where the file has no such column")
    .option("--source <text>", "where they are from, where the file does not say")
    .option("--as-of <day>", "of which day they are (YYYY-MM-DD), where the file does not say")
    .action((file: string, terms: CatalogueTerms) => withCtx({ mustExist: true }, (ctx) => load(io, ctx, file, terms)));
  catalogues
    .command("read")
    .argument("<list>", "skypilot, aws, azure, gcp or infracost")
    .description(
      "Reads a published price list, in place of what was read of it before. Nothing of it is in force until it is proposed and approved.",
    )
    .action((name: string) =>
      withCtx({ mustExist: true }, async (ctx) => {
        const done = await readPriceFeedNow(ctx, env(), name);
        io.note(done?.detail ?? "Another process reads it now.");
      }),
    );
  catalogues
    .command("list")
    .description("Lists, as CSV, the price lists that were imported.")
    .action(() => withCtx({ mustExist: true }, (ctx) => list(io, ctx)));
  catalogues
    .command("search")
    .argument("[words...]", "such as: H100 aws")
    .description(`Lists, as CSV, the list prices that have all these words, cheapest first, ${MOST} at most.`)
    .action((words: string[]) => withCtx({ mustExist: true }, (ctx) => search(io, ctx, words.join(" "))));
  catalogues
    .command("remove")
    .argument("<name>", "as `catalogues list` gives it")
    .description("Takes a price list away. Rates that were chosen from it stay.")
    .action((name: string) =>
      withCtx({ mustExist: true }, async (ctx) => {
        const prices = await removeCatalogue(ctx, name);
        io.note(`Removed ${name}, ${prices} prices.`);
      }),
    );
}

async function load(io: Io, ctx: Ctx, file: string, terms: CatalogueTerms): Promise<void> {
  const name = path.basename(file);
  const done = await importCatalogue(ctx, { ...terms, name, text: await readFileBytes(file) });
  const instead = done.before ? `, in place of ${done.before}` : "";
  io.note(`Imported ${done.prices} list prices as ${name}${instead}.`);
  for (const note of done.notes) io.note(note);
}

async function list(io: Io, { db }: Ctx): Promise<void> {
  const texts = (keys: readonly string[]) => keys.map((key) => column(key));
  await writeRows(
    io,
    [column("catalogue"), column("prices", "count"), ...texts(["from", "to"])],
    (await listCatalogues(db)).map((c) => ({ catalogue: c.name, prices: c.prices, from: c.firstDay, to: c.lastDay })),
  );
}

async function search(io: Io, ctx: Ctx, words: string): Promise<void> {
  const { found, count } = await findListPrices(ctx, words, MOST);
  const keys = ["gpu_model", "cloud", "instance", "region", "zone", "gpus", "on_demand", "spot", "currency"];
  const nanos = (value: number | null) => (value === null ? null : formatNanos(value));
  await writeRows(
    io,
    [...keys, "as_of", "source"].map((key) => column(key)),
    found.map((p) => ({
      ...{ gpu_model: p.gpuModel, cloud: p.cloud, instance: p.instance, region: p.region, zone: p.zone },
      ...{ gpus: String(p.gpus), on_demand: nanos(p.onDemandNanos), spot: nanos(p.spotNanos) },
      ...{ currency: p.currency, as_of: p.asOf, source: p.source },
    })),
  );
  if (count > found.length) io.note(`${count} were found, the cheapest ${found.length} are listed.`);
}
