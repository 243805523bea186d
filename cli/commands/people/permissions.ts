import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { column, writeRows } from "@/cli/names.ts";
import { ACTIONS, permissionOf } from "@/lib/auth/permissions.ts";
import { ROLES } from "@/lib/auth/types.ts";

export function register(program: Command, io: Io): void {
  program
    .command("permissions")
    .summary("what each role may do")
    .description("Lists, as CSV, every action with the roles that may do it and the scope that a token needs.")
    .action(async () => {
      const rows = (Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]).map((action) => {
        const { words, roles, scope } = permissionOf(action);
        const cells = ROLES.map((role) => [role, roles.includes(role) ? "yes" : ""] as const);
        return { action, to: words, ...Object.fromEntries(cells), token_scope: scope ?? "" };
      });
      await writeRows(
        io,
        ["action", "to", ...ROLES, "token_scope"].map((key) => column(key)),
        rows,
      );
    });
}
