import { type Command, InvalidArgumentError } from "commander";
import type { Io } from "@/cli/io.ts";
import { collect, column, instantOrBlank, teamNamed, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { tokenState } from "@/lib/auth/token-store.ts";
import { createToken, listTokens, revokeToken } from "@/lib/auth/tokens.ts";
import { TOKEN_SCOPES, type TokenScope } from "@/lib/auth/types.ts";
import { listUsers } from "@/lib/auth/user-store.ts";
import { getUserByEmail } from "@/lib/auth/users.ts";
import { parseDurationMs } from "@/lib/time.ts";

interface Given {
  readonly name: string;
  readonly scope: readonly string[];
  readonly team?: readonly string[];
  readonly for?: string;
  readonly expires: number;
}

const COLUMNS = [
  ...["id", "name", "scopes", "created_by", "created", "expires", "last_used", "state"],
  ...["acts_for", "teams"],
] as const;

/** The teams that a token is narrowed to; empty: it is not. */
const namesOf = (keys: string, names: ReadonlyMap<string, string>): string =>
  keys
    .split(" ")
    .map((key) => names.get(key) ?? key)
    .join("; ");

/** `90d` → 90. */
function days(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === null || ms < 86_400_000) throw new InvalidArgumentError("Give whole days, such as 90d.");
  return Math.floor(ms / 86_400_000);
}

export function register(program: Command, io: Io): void {
  const tokens = program
    .command("tokens")
    .summary("API tokens for programs")
    .description(
      "Tokens for programs that read /api/v1, scrape /metrics, or send alerts and counts of units to the ledger. Sent as Authorization: Bearer.",
    );
  tokens
    .command("create")
    .requiredOption("--name <text>", "what uses it")
    .requiredOption("--scope <scope>", `${TOKEN_SCOPES.join(", ")}; can be given several times`, collect)
    .option("--team <name>", "narrow it to a team; can be given several times", collect)
    .option("--for <email>", "the person it acts for, and never does more than; without, it acts for the machine")
    .option("--expires <days>", "how long it holds: 90d", days, days("90d"))
    .description("Creates a token and prints it, this once.")
    .action(({ name, scope, team = [], for: email, expires }: Given) =>
      withCtx({}, async (ctx) => {
        const teamKeys: number[] = [];
        for (const wanted of team) teamKeys.push((await teamNamed(ctx, wanted)).key);
        const owner = email === undefined ? undefined : (await getUserByEmail(ctx.db, email)).key;
        const given = { name, scopes: scope as TokenScope[], teamKeys, days: expires };
        const { token, row } = await createToken(ctx, given, owner);
        io.note(
          email === undefined
            ? `It acts for the machine, not for a person: it may do what its scopes allow${team.length ? `, of ${team.join(" and ")} alone` : ""}. With --for <email> it never does more than that person.`
            : `It acts for ${email}, and never does more than they may.`,
        );
        io.note(`Token ${row.name} holds until ${instantOrBlank(row.expiresAt)}. It is shown this once:`);
        await io.write(`${token}\n`);
      }),
    );
  tokens
    .command("list")
    .description(
      "Lists, as CSV, every token with whom it acts for and the teams that it is narrowed to; never its secret.",
    )
    .action(() =>
      withCtx({ mustExist: true }, async (ctx) => {
        const [rows, people, teams] = await Promise.all([listTokens(ctx, true), listUsers(ctx.db), listTeams(ctx.db)]);
        const emails = new Map(people.map((p) => [p.key, p.email]));
        const teamNames = new Map(teams.map((t) => [String(t.key), t.name]));
        await writeRows(
          io,
          COLUMNS.map((key) => column(key)),
          rows.map((t) => ({
            ...{
              id: t.id,
              name: t.name,
              scopes: t.scopes,
              created_by: t.createdBy,
              created: instantOrBlank(t.createdAt),
            },
            ...{ expires: instantOrBlank(t.expiresAt), last_used: instantOrBlank(t.lastUsedAt) },
            state: tokenState(t, ctx.now()),
            acts_for: t.userKey === 0 ? "the machine" : (emails.get(t.userKey) ?? String(t.userKey)),
            teams: namesOf(t.teamKeys, teamNames),
          })),
        );
      }),
    );
  tokens
    .command("revoke")
    .argument("<id>")
    .option("--reason <text>", "why, for the audit log")
    .description("Ends a token at once.")
    .action((id: string, { reason }: { reason?: string }) =>
      withCtx({ mustExist: true }, async (ctx) => {
        await revokeToken(ctx, id, reason);
        io.note(`Token ${id} is revoked.`);
      }),
    );
}
