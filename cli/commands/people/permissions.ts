import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { column, writeRows } from "@/cli/names.ts";
import { tableText } from "@/cli/table.ts";
import { ACTIONS, permissionOf } from "@/lib/auth/permissions.ts";
import { ROLES } from "@/lib/auth/types.ts";

const COLUMNS = ["action", "to", ...ROLES, "token_scope"];

export function register(program: Command, io: Io): void {
  program
    .command("permissions")
    .summary("what each role may do")
    .description("Lists every action with the roles that may do it and the scope that a token needs.")
    .option("--format <format>", "table, csv or json", "table")
    .action(async ({ format }: { format: string }) => {
      const rows = (Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]).map((action) => {
        const { words, roles, scope } = permissionOf(action);
        const cells = ROLES.map((role) => [role, roles.includes(role) ? "yes" : ""] as const);
        return { action, to: words, ...Object.fromEntries(cells), token_scope: scope ?? "" };
      });
      if (format === "table") await io.write(tableText(COLUMNS, rows));
      else
        await writeRows(
          io,
          COLUMNS.map((key) => column(key)),
          rows,
          format,
        );
    });
}
