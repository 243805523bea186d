import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { serviceUnits, USUAL } from "@/cli/service-units.ts";
import { AppError } from "@/lib/errors.ts";

interface Given {
  readonly root: string;
  readonly to: string;
  readonly user: string;
  readonly settings: string;
  readonly node: string;
  readonly force?: boolean;
}

export function register(program: Command, io: Io): void {
  program
    .command("install-service")
    .summary("write systemd units for this installation")
    .description(
      "Writes hardened systemd units for this folder and this Node, or for others. Says what to do next; starts nothing, and changes nothing else.",
    )
    .option("--root <folder>", "the folder of the product", process.cwd())
    .option("--to <folder>", "where to write them", "/etc/systemd/system")
    .option("--user <name>", "the user that owns the ledger", USUAL.user)
    .option("--settings <file>", "the file of settings", USUAL.settings)
    .option("--node <file>", "the Node that runs it", process.execPath)
    .option("--force", "replace units that are there")
    .action((given: Given) => run(io, given));
}

function run(io: Io, { root: given, to, user, settings, node, force }: Given): void {
  const root = path.resolve(given);
  const units = serviceUnits({ root, node, user, settings: path.resolve(settings) });
  const folder = path.resolve(to);
  const there = Object.keys(units).filter((name) => existsSync(path.join(folder, name)));
  if (there.length && !force)
    throw new AppError("conflict", `${there.join(", ")} in ${folder} would be replaced. Add --force to replace them.`);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(units)) writeFileSync(path.join(folder, name), text, { mode: 0o644 });
  io.note(`Wrote ${Object.keys(units).join(", ")} to ${folder}.`);
  const shut = [...new Set([root, path.dirname(node)].flatMap(shutFolders))];
  if (shut.length)
    io.note(
      `${user} may have no access to ${shut.join(", ")}: give it access, or install elsewhere, such as in ${USUAL.root}.`,
    );
  const file = quoted(path.resolve(settings));
  io.note(`Next, as root:
  useradd --system --home-dir /var/lib/gpu-ledger --shell /usr/sbin/nologin ${user}
  test -e ${file} || install -D -m 0600 /dev/null ${file}   # then write the settings into it: docs/configuration.md
  systemctl daemon-reload
  systemctl enable --now gpu-ledger.service gpu-ledger-backup.timer`);
}

/** A word of a shell. */
const quoted = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** A folder and those above it that other users cannot enter. */
function shutFolders(folder: string): string[] {
  const above = path.dirname(folder);
  const own = existsSync(folder) && (statSync(folder).mode & 0o001) === 0 ? [folder] : [];
  return above === folder ? own : [...shutFolders(above), ...own];
}
