import { type Command, InvalidArgumentError } from "commander";
import { type Io, Stopped } from "@/cli/io.ts";
import { column, formatOption, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import { readFileText } from "@/cli/read-file.ts";
import {
  addConnection,
  changeConnection,
  forgetName,
  type ListedConnection,
  listClusterNames,
  listConnections,
  nameCluster,
  pauseConnection,
  removeConnection,
  resumeConnection,
  testStored,
} from "@/lib/connections/index.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { CONNECTION_KINDS, getConnectionKind } from "@/lib/sources/index.ts";
import { formatInstant } from "@/lib/time.ts";

type Fields = Readonly<Record<string, string>>;

function addField(text: string, before: Fields): Fields {
  const [, name, value] = /^([A-Za-z]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError("Write <field>=<value>, such as url=https://emea.run.ai.");
  return { ...before, [name]: value };
}

interface Given {
  readonly title?: string;
  readonly set: Fields;
  readonly secretFile: Fields;
}

const withFields = (command: Command): Command =>
  command
    .option("--title <text>", "what people call it")
    .option("--set <field=value>", "a field that is not secret; several times for several", addField, {})
    .option("--secret-file <field=file>", "a secret, from a file; several times for several", addField, {});

export function register(program: Command, io: Io): void {
  const connections = program
    .command("connections")
    .summary("sources beside those of the environment: add, test, edit, pause, resume, remove")
    .description(
      `Connections to sources. The first of each kind may come from environment variables; these are added to it. Kinds and their fields: ${CONNECTION_KINDS.map(
        ({ name, form }) => `${name} (${form.fields.map((field) => field.name).join(", ")})`,
      ).join("; ")}.`,
    );
  formatOption(connections.command("list").description("Lists connections, without secrets, as CSV or JSON.")).action(
    ({ format }: { format: string }) => withCtx({ mustExist: true }, (ctx) => list(io, ctx, format)),
  );
  withFields(
    connections
      .command("add")
      .argument("<kind>", CONNECTION_KINDS.map(({ name }) => name).join(" or "))
      .argument("<name>", "small letters, digits and hyphens; it never changes"),
  )
    .description("Adds a connection. The next sync reads it.")
    .action((kind: string, name: string, given: Given) =>
      withCtx({}, async (ctx) => {
        const fields = await fieldsOf(kind, given);
        await addConnection(ctx, env(), secretKeys(env()), { kind, name, title: given.title ?? "", fields });
        io.note(`Connection ${name} added. Test it: ledger connections test ${name}`);
      }),
    );
  withFields(connections.command("edit").argument("<name>", "its name"))
    .description("Changes a connection; what is left out stays, and a secret of “-” is removed.")
    .action((name: string, given: Given) => withCtx({ mustExist: true }, (ctx) => edit(io, ctx, name, given)));
  connections
    .command("test")
    .argument("<name>", "its name")
    .description("Asks whether it answers, and says what to do where it does not; exit code 1 then.")
    .action((name: string) =>
      withCtx({ mustExist: true }, async (ctx) => {
        const { ok, message } = await testStored(ctx, env(), secretKeys(env()), (await named(ctx, name)).key);
        await io.write(`${name}: ${ok ? "ok" : "failed"}\n  ${message}\n`);
        if (!ok) throw new Stopped(1);
      }),
    );
  addActs(connections, io);
  addNames(connections, io);
}

const ACTS = [
  [
    "pause",
    pauseConnection,
    "Pauses a connection: it is not asked, and the time is read once it is resumed.",
    "paused",
  ],
  ["resume", resumeConnection, "Resumes a connection: what was left out is read, too.", "resumed"],
  ["remove", removeConnection, "Removes a connection with its secrets, for good; what it read stays.", "removed"],
] as const;

function addActs(connections: Command, io: Io): void {
  for (const [word, act, description, done] of ACTS)
    connections
      .command(word)
      .argument("<name>", "its name")
      .option("--reason <text>", "why, for the audit log", "")
      .description(description)
      .action((name: string, { reason }: { reason: string }) =>
        withCtx({ mustExist: true }, async (ctx) => {
          await act(ctx, (await named(ctx, name)).key, reason);
          io.note(`Connection ${name} ${done}.`);
        }),
      );
}

function addNames(connections: Command, io: Io): void {
  formatOption(
    connections.command("clusters").description("Lists what was said about names of clusters, as CSV or JSON."),
  ).action(({ format }: { format: string }) =>
    withCtx({ mustExist: true }, async (ctx) => {
      const rows = (await listClusterNames(ctx)).map(({ source, name, clusterId, clusterName }) => ({
        ...{ connection: source, name, cluster: clusterName, cluster_id: clusterId },
      }));
      await writeRows(
        io,
        ["connection", "name", "cluster", "cluster_id"].map((key) => column(key)),
        rows,
        format,
      );
    }),
  );
  connections
    .command("name-cluster")
    .argument("<name>", "the id or label that sources use")
    .argument("<cluster>", "the name or id of the cluster that it is")
    .option("--connection <name>", "only what this connection means; left out: all of them", "")
    .description("Says that two ids or names are one cluster.")
    .action((name: string, cluster: string, { connection: source }: { connection: string }) =>
      withCtx({ mustExist: true }, async (ctx) => {
        await nameCluster(ctx, { source, name, cluster });
        io.note(`From the next sync on "${name}" is the cluster ${cluster}.`);
      }),
    );
  connections
    .command("forget-name")
    .argument("<name>", "the id or label")
    .option("--connection <name>", "that it was said of; left out: all of them", "")
    .description("Takes back what name-cluster said.")
    .action((name: string, { connection }: { connection: string }) =>
      withCtx({ mustExist: true }, async (ctx) => {
        await forgetName(ctx, connection, name);
        io.note(`"${name}" stands for itself again.`);
      }),
    );
}

const COLUMNS = [
  ...["name", "kind", "title", "address", "from", "state"].map((key) => column(key)),
  ...[column("clusters", "count"), column("unread_spans", "count"), column("read_through"), column("problem")],
];

async function list(io: Io, ctx: Ctx, format: string): Promise<void> {
  const rows = (await listConnections(ctx, env())).map((one) => ({
    ...{ name: one.name, kind: one.kind, title: one.title, address: one.fields.url ?? "" },
    ...{ from: one.key === null ? "environment" : "ledger", state: one.pausedAt === null ? "in use" : "paused" },
    ...{ clusters: one.clusters, unread_spans: one.unread, problem: one.problem },
    read_through: one.readThrough === null ? null : formatInstant(one.readThrough),
  }));
  await writeRows(io, COLUMNS, rows, format);
}

/** @throws AppError `not_found`; `invalid` for the one of the environment, which is changed there. */
async function named(ctx: Ctx, name: string): Promise<ListedConnection & { readonly key: number }> {
  const all = await listConnections(ctx, env());
  const found = all.find((one) => one.name === name);
  if (!found) {
    const names = all.map((one) => one.name).join(", ");
    throw new AppError("not_found", `There is no connection "${name}".${names ? ` There are ${names}.` : ""}`);
  }
  const { key } = found;
  if (key === null)
    throw new AppError("invalid", `"${name}" comes from environment variables: change it there, and restart.`);
  return { ...found, key };
}

async function fieldsOf(kind: string, { set, secretFile }: Given): Promise<Record<string, string>> {
  const shown = getConnectionKind(kind).form.fields.find((field) => field.secret && field.name in set);
  // Other people of the machine see the arguments of a command.
  if (shown && set[shown.name] !== "-")
    throw new AppError("invalid", `"${shown.name}" is a secret: give it with --secret-file.`);
  const fields: Record<string, string> = { ...set };
  for (const [field, file] of Object.entries(secretFile)) fields[field] = (await readFileText(file)).trim();
  return fields;
}

async function edit(io: Io, ctx: Ctx, name: string, given: Given): Promise<void> {
  const before = await named(ctx, name);
  const fields = { ...before.fields, ...(await fieldsOf(before.kind, given)) };
  const title = given.title === undefined ? {} : { title: given.title };
  await changeConnection(ctx, env(), secretKeys(env()), before.key, { ...title, fields });
  io.note(`Connection ${name} changed.`);
}
