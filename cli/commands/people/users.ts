import { text as readAll } from "node:stream/consumers";
import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { collect, column, instantOrBlank, teamNamed, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import { listSessionsOf } from "@/lib/auth/devices.ts";
import { findProjectKeys, grantWords, listGrantNames } from "@/lib/auth/grant-names-load.ts";
import { isLapsed } from "@/lib/auth/groups/group-terms.ts";
import { allowTakeover } from "@/lib/auth/links/takeover.ts";
import type { Grant, Role } from "@/lib/auth/types.ts";
import { emptyRolesWarning, GLOBAL_ROLES, ROLES } from "@/lib/auth/types.ts";
import { listGrants, listNames, listUsers, type StoredGrant } from "@/lib/auth/user-store.ts";
import {
  addUser,
  changeGrants,
  changeNames,
  createLink,
  endSessions,
  getUserByEmail,
  personOf,
  resetAccess,
  setDisabled,
} from "@/lib/auth/users.ts";
import { linkAddress, waysToSignIn } from "@/lib/auth/ways.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env, ownAddress } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";

interface Given {
  readonly role?: readonly string[];
  readonly team?: readonly string[];
  readonly project?: readonly string[];
  readonly submits?: readonly string[];
  readonly name?: string;
  readonly passwordStdin?: boolean;
  readonly reason?: string;
}

const withPeople = <T>(body: (ctx: Ctx) => Promise<T>) => withCtx({}, body);

export function register(program: Command, io: Io): void {
  const users = program
    .command("users")
    .summary("people: who may sign in, and what they may see and do")
    .description("People who may sign in, with their roles. `ledger permissions` lists what each role may do.");
  registerReading(users, io);
  registerAdding(users, io);
  registerChanging(users, io);
  users.addHelpText(
    "after",
    `
Roles: ${ROLES.join(", ")}.

Examples:
  npm run --silent ledger -- users add ada@example.com --role admin
  npm run --silent ledger -- users add bob@example.com --role manager --team Vision --team Labs
  npm run --silent ledger -- users add eve@example.com --role engineer --submits eve --password-stdin < password.txt
  npm run --silent ledger -- users link ada@example.com`,
  );
}

const granting = (command: Command, roles = "a role; can be given several times"): Command =>
  command
    .requiredOption("--role <role>", roles, collect)
    .option("--team <name>", "the team that the roles are for; can be given several times", collect)
    .option("--project <key>", "a project that is seen whole, as cluster/project; can be given several times", collect)
    .option("--reason <text>", "why, for the audit log");

function registerReading(users: Command, io: Io): void {
  users
    .command("list")
    .description("Lists, as CSV, everybody with their roles.")
    .action(() => withPeople((ctx) => listAll(io, ctx)));
  users
    .command("show")
    .argument("<email>")
    .description("Shows one person: roles, names of their workloads, sessions.")
    .action((email: string) => withPeople((ctx) => show(io, ctx, email)));
  users
    .command("sessions")
    .argument("<email>")
    .option("--end", "end all of them, everywhere")
    .option("--reason <text>", "why, for the audit log")
    .description("Lists, as CSV, where a person is signed in; ends it with --end.")
    .action((email: string, { end, reason }: { end?: boolean; reason?: string }) =>
      withPeople(async (ctx) => {
        const { key } = await getUserByEmail(ctx.db, email);
        if (end) return io.note(`Ended ${await endSessions(ctx, key, reason)} sessions of ${email}.`);
        const rows = await listSessionsOf(ctx, key, env().SESSION_IDLE);
        await writeRows(
          io,
          ["signed_in", "last_seen", "ends", "by", "address", "agent"].map((key) => column(key)),
          rows.map((s) => ({
            ...{
              signed_in: instantOrBlank(s.createdAt),
              last_seen: instantOrBlank(s.lastSeenAt),
              ends: instantOrBlank(s.endsAt),
            },
            ...{ by: s.method, address: s.address, agent: s.agent },
          })),
        );
      }),
    );
}

function registerAdding(users: Command, io: Io): void {
  granting(users.command("add").argument("<email>").description("Adds a person, and prints a one-time sign-in link."))
    .option("--name <text>", "their name")
    .option("--submits <name>", "a name under which they submit workloads; can be given several times", collect)
    .option("--password-stdin", "read a password from standard input instead of printing a link")
    .action((email: string, given: Given) =>
      withPeople(async (ctx) => {
        const grants = await grantsOf(ctx, given);
        const person = await addUser(
          ctx,
          {
            email,
            name: given.name ?? "",
            grants,
            ...(given.submits ? { submitters: [...given.submits] } : {}),
            ...(given.passwordStdin ? { password: await readPassword() } : {}),
          },
          given.reason,
        );
        io.note([`Added ${person.email}.`, emptyRolesWarning(grants)].filter(Boolean).join(" "));
        if (!given.passwordStdin) await printLink(io, await createLink(ctx, person.key));
      }),
    );
  users
    .command("link")
    .argument("<email>")
    .option("--reason <text>", "why, for the audit log")
    .description("Prints a one-time link that signs a person in, and lets them choose a password.")
    .action((email: string, { reason }: Given) =>
      withPeople(async (ctx) =>
        printLink(io, await createLink(ctx, (await getUserByEmail(ctx.db, email)).key, reason)),
      ),
    );
}

function registerChanging(users: Command, io: Io): void {
  granting(
    users.command("roles").argument("<email>").description("Replaces the roles of a person; those of groups stay."),
    "a role; can be given several times. none: take all of them away",
  ).action((email: string, given: Given) =>
    withPeople(async (ctx) => {
      const { key } = await getUserByEmail(ctx.db, email);
      const isNone = given.role?.length === 1 && given.role[0] === "none";
      if (isNone && (given.team || given.project))
        throw new AppError("invalid", "With --role none leave out --team and --project.");
      await changeGrants(ctx, key, isNone ? [] : await grantsOf(ctx, given), given.reason);
      io.note(`Changed the roles of ${email}.`);
    }),
  );
  users
    .command("submits")
    .argument("<email>")
    .argument("<names...>", "names under which they submit workloads")
    .option("--reason <text>", "why, for the audit log")
    .description("Replaces the names whose workloads are a person's own.")
    .action((email: string, names: string[], { reason }: Given) =>
      withPeople(async (ctx) => {
        await changeNames(ctx, (await getUserByEmail(ctx.db, email)).key, names, reason);
        io.note(`Workloads of ${names.join(", ")} are those of ${email}.`);
      }),
    );
  for (const [command, disabled, text] of [
    ["disable", true, "Shuts a person out at once; what they did stays on record."],
    ["enable", false, "Lets a disabled person in again."],
  ] as const)
    users
      .command(command)
      .argument("<email>")
      .option("--reason <text>", "why, for the audit log")
      .description(text)
      .action((email: string, { reason }: Given) =>
        withPeople(async (ctx) => {
          await setDisabled(ctx, (await getUserByEmail(ctx.db, email)).key, disabled, reason);
          io.note(`${email} is ${disabled ? "disabled" : "enabled"}.`);
        }),
      );
  users
    .command("unlink")
    .argument("<email>")
    .option("--reason <text>", "why, for the audit log")
    .description(
      "Lets the next sign-in of the identity provider with this address take the account: one with a password, or of an earlier provider. Ends its sessions.",
    )
    .action((email: string, { reason }: Given) =>
      withPeople(async (ctx) => {
        const { key } = await getUserByEmail(ctx.db, email);
        if (env().OIDC_ISSUER === undefined)
          throw new AppError(
            "conflict",
            "No identity provider is configured (OIDC_ISSUER), so none can take the account.",
          );
        const until = await allowTakeover(ctx, key, reason);
        io.note(
          `The next sign-in of the identity provider as ${email} takes the account, until ${instantOrBlank(until)}.`,
        );
        if ((await listGrants(ctx.db, key)).length === 0)
          io.note("They have no role: the provider lets them in only once they have one.");
      }),
    );
  users
    .command("reset")
    .argument("<email>")
    .option("--reason <text>", "why, for the audit log")
    .description("Ends a person's sessions and password, and prints a one-time link to choose another password.")
    .action((email: string, { reason }: Given) =>
      withPeople(async (ctx) => {
        const { key } = await getUserByEmail(ctx.db, email);
        await printLink(io, await resetAccess(ctx, key, reason));
      }),
    );
}

async function readPassword(): Promise<string> {
  return (await readAll(process.stdin)).replace(/\r?\n$/, "");
}

/** The link goes to stdout alone, so that a script can take it. */
async function printLink(io: Io, { secret, expiresAt }: Awaited<ReturnType<typeof createLink>>): Promise<void> {
  const base = ownAddress(env());
  if (!env().NEXTAUTH_URL)
    io.note(
      `NEXTAUTH_URL is not set here, so the link names ${base}. If the server is reached elsewhere, replace that.`,
    );
  io.note(`This link signs in once, until ${instantOrBlank(expiresAt)}:`);
  await io.write(`${linkAddress(base, secret)}\n`);
}

/** Roles × teams, and projects, as grants. Roles of the whole ledger take no team. */
async function grantsOf(ctx: Ctx, { role = [], team = [], project = [] }: Given): Promise<Grant[]> {
  const unknown = role.find((r) => !ROLES.includes(r as Role));
  if (unknown !== undefined) throw new AppError("invalid", `"${unknown}" is not a role: use ${ROLES.join(", ")}.`);
  const roles = role as readonly Role[];
  const teams: number[] = [];
  for (const name of team) teams.push((await teamNamed(ctx, name)).key);
  const projects = await findProjectKeys(ctx.db, project);
  const global = roles.filter((r) => GLOBAL_ROLES.includes(r)).map((r) => ({ role: r, teamKey: 0, projectKey: 0 }));
  const rest = roles.filter((r) => !GLOBAL_ROLES.includes(r));
  if (!rest.length && (teams.length || projects.length))
    throw new AppError(
      "invalid",
      `The role ${roles.join(", ")} is for the whole ledger: leave out --team and --project.`,
    );
  return [
    ...global,
    ...rest.flatMap((r) => [
      ...teams.map((teamKey) => ({ role: r, teamKey, projectKey: 0 })),
      ...projects.map((projectKey) => ({ role: r, teamKey: 0, projectKey })),
      ...(teams.length || projects.length ? [] : [{ role: r, teamKey: 0, projectKey: 0 }]),
    ]),
  ];
}

async function listAll(io: Io, ctx: Ctx): Promise<void> {
  const [people, grants, names] = await Promise.all([listUsers(ctx.db), listGrants(ctx.db), listGrantNames(ctx.db)]);
  await writeRows(
    io,
    ["email", "name", "roles", "state", "signs_in_by", "last_seen"].map((key) => column(key)),
    people.map((p) => ({
      ...{ email: p.email, name: p.name, state: p.disabledAt === null ? "active" : "disabled" },
      roles:
        grants
          .filter((g) => g.userKey === p.key)
          .map((g) => grantWords({ ...g, lapsed: isLapsed(g, p, ctx.now()) }, names))
          .join("; ") || "no role",
      signs_in_by: waysToSignIn(personOf(p)),
      last_seen: instantOrBlank(p.lastSeenAt),
    })),
  );
}

async function show(io: Io, ctx: Ctx, email: string): Promise<void> {
  const person = await getUserByEmail(ctx.db, email);
  const [grants, names, own, sessions] = await Promise.all([
    listGrants(ctx.db, person.key),
    listGrantNames(ctx.db),
    listNames(ctx.db, person.key),
    listSessionsOf(ctx, person.key, env().SESSION_IDLE),
  ]);
  const words = (g: StoredGrant) => grantWords({ ...g, lapsed: isLapsed(g, person, ctx.now()) }, names);
  const lines = [
    `${person.name} <${person.email}>${person.disabledAt === null ? "" : " (disabled)"}`,
    `  roles       ${grants.map(words).join("; ") || "none"}`,
    `  submits as  ${own.join(", ") || "nothing"}`,
    `  last seen   ${instantOrBlank(person.lastSeenAt) || "never"}`,
    `  sessions    ${sessions.length}`,
  ];
  await io.write(`${lines.join("\n")}\n`);
}
