import path from "node:path";
import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { column, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import { readFileBytes } from "@/cli/read-file.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { type Ctx, systemNow } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { formatNanos } from "@/lib/money.ts";
import { type PriceEffect, type PricePreview, previewPrices } from "@/lib/previews/price.ts";
import type { PriceDraft, Problem } from "@/lib/pricing/draft.ts";
import { formatProblems, IMPORT_FIELDS } from "@/lib/pricing/import.ts";
import { DayPrices } from "@/lib/pricing/price-book.ts";
import { approvePrices, recordExchangeRate } from "@/lib/pricing/price-changes.ts";
import { listProposals, listProposed, loadPriceBook } from "@/lib/pricing/price-store.ts";
import { dropProposal, getOpenProposal, type MoneySettings, noteOf, proposePrices } from "@/lib/pricing/propose.ts";
import { readPricesBeside } from "@/lib/pricing/read-beside.ts";
import { PRICE_CLASSES, PRICE_KINDS, type Proposal } from "@/lib/pricing/types.ts";
import { parseBillingPeriod } from "@/lib/reports/period.ts";
import { dateOf, dateOfKey, dayKey, formatInstant } from "@/lib/time.ts";
import { gpuHoursDecimal } from "@/lib/units.ts";

interface Proposing {
  readonly title?: string;
  readonly note?: string;
}
interface One extends Proposing {
  readonly kind: string;
  readonly match: string;
  readonly cluster: string;
  readonly priceClass: string;
  readonly unitPrice: string;
  readonly currency: string;
  readonly from: string;
}
interface Deciding {
  readonly reason: string;
}

const money = (): MoneySettings => {
  const { LEDGER_CURRENCY, BILLING_TIME_ZONE } = env();
  return { currency: LEDGER_CURRENCY, billingTimeZone: BILLING_TIME_ZONE };
};
const withLedger = <T>(body: (ctx: Ctx) => Promise<T>) => withCtx({ mustExist: true }, body);

export function register(program: Command, io: Io): void {
  const prices = program
    .command("prices")
    .summary("the price book: propose, try out, approve")
    .description(
      "What an hour of a GPU, core or GiB costs, from when on. Prices are proposed, tried out, then approved.",
    );
  registerReading(prices, io);
  registerProposing(prices, io);
  registerDeciding(prices, io);
  prices.addHelpText(
    "after",
    `
Examples:
  npm run --silent ledger -- prices import prices-2027.yaml --title "Prices of 2027"
  npm run --silent ledger -- prices propose --kind gpu --match "H100 80GB" --unit-price 2.50 --from 2026-10-01
  npm run --silent ledger -- prices diff 3f2a91c0 --month 2026-10
  npm run --silent ledger -- prices approve 3f2a91c0 --reason "board of 12 Nov"
  npm run --silent ledger -- prices rate EUR 1.0834 --from 2026-11-01 --source "ECB reference rate"`,
  );
}

function registerReading(prices: Command, io: Io): void {
  prices
    .command("list")
    .description("Lists, as CSV, the prices in force on a day.")
    .option("--on <day>", "another day than today (YYYY-MM-DD)")
    .action(({ on }: { on?: string }) => withLedger((ctx) => list(io, ctx, on)));
  prices
    .command("proposals")
    .description("Lists, as CSV, every proposal with what became of it.")
    .action(() => withLedger((ctx) => proposals(io, ctx)));
  prices
    .command("diff")
    .argument("<proposal>", "its id, or the beginning of it")
    .description(
      "Shows, as CSV, what a proposal would change for each team, open and closed days alike. Writes nothing.",
    )
    .option("--month <month>", "a calendar month (YYYY-MM), or a billing period (FY2026-P10)")
    .option("--period <name>", "another period, such as last-30-days; the billing period of now by default")
    .action((id: string, options: { month?: string; period?: string }) =>
      withLedger(async (ctx) => diff(io, ctx, await proposalOf(ctx, id), options)),
    );
}

const proposing = (command: Command): Command =>
  command
    .option("--title <text>", "what it is called; by default, after the file or price")
    .option("--note <text>", "why");

function registerProposing(prices: Command, io: Io): void {
  proposing(
    prices
      .command("propose")
      .description("Proposes one price. Nothing is charged by it until it is approved.")
      .requiredOption("--kind <kind>", PRICE_KINDS.join(", "))
      .requiredOption("--unit-price <price>", "for one unit and hour, such as 2.50")
      .requiredOption("--from <day>", "from when on (YYYY-MM-DD, or YYYY-MM)")
      .option("--match <words>", "of which GPU model (its words) or node pool (its name)", "")
      .option("--cluster <name>", "only there", "")
      .option("--price-class <class>", PRICE_CLASSES.join(", "), "standard")
      .option("--currency <code>", "other than the ledger's", ""),
  ).action((one: One) =>
    withLedger((ctx) => {
      const origin = { type: "entered", note: one.note ?? "" } as const;
      const draft = { ...one, line: 0, effectiveFrom: one.from, origin };
      return propose(io, ctx, { title: `${one.match || one.kind} from ${one.from}`, ...one }, [draft]);
    }),
  );
  proposing(
    prices
      .command("import")
      .argument("<file>", "CSV or YAML")
      .description(
        `Proposes all prices of a file: CSV with the columns ${IMPORT_FIELDS.join(",")}, or YAML with a list "prices" of entries with these keys. Wrong lines are all named, and then none is taken.`,
      ),
  ).action((file: string, options: Proposing) =>
    withLedger(async (ctx) => {
      const name = path.basename(file);
      const { drafts, problems, notes } = await readPricesBeside(name, await readFileBytes(file));
      for (const note of notes) io.note(note);
      const note = noteOf(options.note ?? "", notes);
      await propose(io, ctx, { title: name, ...options, note }, drafts, problems);
    }),
  );
}

function registerDeciding(prices: Command, io: Io): void {
  const deciding = (name: string, description: string) =>
    prices
      .command(name)
      .argument("<proposal>", "its id, or the beginning of it")
      .description(description)
      .option("--reason <text>", "why, for the audit log", "");
  deciding("approve", "Puts a proposal in force: charges from its first day on are recalculated.").action(
    (id: string, { reason }: Deciding) =>
      withLedger(async (ctx) => {
        const { id: whole, title } = await proposalOf(ctx, id);
        const day = await approvePrices(ctx, { id: whole, reason });
        io.note(
          `Approved "${title}". Days from ${dateOfKey(day)} on are charged again by the server, or by: ledger charge`,
        );
      }),
  );
  for (const [name, how] of [
    ["reject", "rejected"],
    ["withdraw", "withdrawn"],
  ] as const)
    deciding(name, `Ends a proposal as ${how}, without effect.`).action((id: string, { reason }: Deciding) =>
      withLedger(async (ctx) => {
        const { id: whole, title } = await proposalOf(ctx, id);
        await dropProposal(ctx, { id: whole, how, reason });
        io.note(`"${title}" is ${how}.`);
      }),
    );
  prices
    .command("rates")
    .description(
      "Lists, as CSV, every exchange rate: what one unit is worth in the ledger's currency, from which day on.",
    )
    .action(() => withLedger((ctx) => rates(io, ctx)));
  prices
    .command("rate")
    .argument("<currency>", "ISO 4217 code")
    .argument("<rate>", "how many units of the ledger's currency one of it is worth")
    .description("Records an exchange rate. Charges at prices in that currency are recalculated from its day on.")
    .requiredOption("--from <day>", "from when on (YYYY-MM-DD)")
    .requiredOption("--source <text>", "where it is from")
    .action((currency: string, rate: string, { from, source }: { from: string; source: string }) =>
      withLedger(async (ctx) => {
        const leap = await recordExchangeRate(ctx, { currency, rate, day: from, source }, money());
        io.note(`From ${from} on, one ${currency} is ${rate} ${money().currency}.${leap && `\n${leap}`}`);
      }),
    );
}

async function list(io: Io, ctx: Ctx, on: string | undefined): Promise<void> {
  const { currency, billingTimeZone } = money();
  const day = on ?? dateOf(systemNow(), billingTimeZone);
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new AppError("invalid", `"${day}" is not a day: write YYYY-MM-DD.`);
  const prices = new DayPrices(await loadPriceBook(ctx.db, currency), dayKey(day)).list();
  const columns = ["kind", "match", "cluster", "price_class", "unit_price", "currency", "effective_from", "version"];
  await writeRows(
    io,
    columns.map((c) => column(c)),
    prices.map((p) => ({
      kind: p.kind,
      match: p.match,
      cluster: p.clusterId,
      price_class: p.priceClass,
      unit_price: formatNanos(p.unitPriceNanos),
      currency: p.currency,
      effective_from: dateOfKey(p.effectiveFrom),
      version: String(p.version ?? ""),
    })),
  );
}

async function rates(io: Io, ctx: Ctx): Promise<void> {
  const { currency } = money();
  const list = (await loadPriceBook(ctx.db, currency)).rates;
  await writeRows(
    io,
    ["currency", "from", "rate", "in", "source"].map((c) => column(c)),
    list.map((r) => ({
      currency: r.currency,
      from: dateOfKey(r.day),
      rate: formatNanos(r.rateNanos),
      in: currency,
      source: r.source,
    })),
  );
}

async function proposals(io: Io, ctx: Ctx): Promise<void> {
  const rows = await listProposals(ctx.db);
  await writeRows(
    io,
    ["id", "title", "status", "version", "proposed_by", "proposed_at", "decided_by", "decided_at", "note"].map((c) =>
      column(c),
    ),
    rows.map((p) => ({
      id: p.id.slice(0, 8),
      title: p.title,
      status: p.status,
      version: String(p.version ?? ""),
      proposed_by: p.proposedBy,
      proposed_at: formatInstant(p.proposedAt),
      decided_by: p.decidedBy ?? "",
      decided_at: p.decidedAt === null ? "" : formatInstant(p.decidedAt),
      note: p.note,
    })),
  );
}

async function propose(
  io: Io,
  ctx: Ctx,
  given: Proposing,
  drafts: readonly PriceDraft[],
  problems: readonly Problem[] = [],
): Promise<void> {
  const { title = "", note = "" } = given;
  const { id, warnings } = await proposePrices(ctx, { title, note, drafts, problems }, money());
  if (warnings.length) io.note(formatProblems(warnings));
  const short = id.slice(0, 8);
  io.note(
    `Proposed "${title}" as ${short}. Try it out: ledger prices diff ${short}; then: ledger prices approve ${short}`,
  );
}

/** @throws AppError `not_found`, or `invalid` when several begin so. */
async function proposalOf(ctx: Ctx, id: string): Promise<Proposal> {
  const found = (await listProposals(ctx.db, 10_000)).filter((p) => p.id.startsWith(id));
  const [one, ...others] = found;
  if (!one) throw new AppError("not_found", `There is no proposal ${id}. See: ledger prices proposals`);
  if (others.length) throw new AppError("invalid", `Several proposals begin with ${id}: give more of it.`);
  return one;
}

async function diff(io: Io, ctx: Ctx, proposal: Proposal, options: { month?: string; period?: string }): Promise<void> {
  await getOpenProposal(ctx, proposal.id);
  const { days } = parseBillingPeriod(options, ctx.ledger.calendar, ctx.now());
  if (!days) throw new AppError("invalid", "Give a period of whole days.");
  const shown = await previewPrices(ctx, await listProposed(ctx.db, proposal.id), days, money(), io.signal);
  await writeEffects(io, ctx, shown);
  for (const { gpuModel, beforeMilli, afterMilli } of shown.unpriced)
    io.note(
      `${gpuModel}: without a price ${gpuHoursDecimal(beforeMilli, 2)} GPU-hours, then ${gpuHoursDecimal(afterMilli, 2)}.`,
    );
  if (shown.days === 0) io.note("The proposal changes no day of this period that was metered.");
}

async function writeEffects(io: Io, ctx: Ctx, { teams, total }: PricePreview): Promise<void> {
  const names = new Map((await listTeams(ctx.db)).map((t) => [t.key, t.name]));
  const row = (team: string, { beforeMicros, afterMicros, changeMicros }: PriceEffect) => {
    return { team, before: beforeMicros, after: afterMicros, change: changeMicros, currency: money().currency };
  };
  const rows = teams.map((t) => row(names.get(t.key) ?? String(t.key), t));
  const amounts = ["before", "after", "change"].map((c) => column(c, "micros"));
  await writeRows(io, [column("team"), ...amounts, column("currency")], [...rows, row("TOTAL", total)]);
}
