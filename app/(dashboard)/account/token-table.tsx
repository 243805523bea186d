import { Empty } from "@/components/page-header.tsx";
import { drawn, instant, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import { tokenState } from "@/lib/auth/token-store.ts";
import type { TokenRow } from "@/lib/auth/tokens.ts";
import { endToken } from "./actions.ts";

interface Props {
  readonly tokens: readonly TokenRow[];
  readonly teams: ReadonlyMap<number, string>;
  readonly zone: string;
  readonly now: number;
  /** Who each token acts for, by key; absent where all are of the reader. */
  readonly owners?: ReadonlyMap<number, string>;
}

/** Tokens with what they may do, their use, and the way to end them. */
export function TokenTable({ tokens, teams, zone, now, owners }: Props) {
  const columns: readonly TableColumn<TokenRow>[] = [
    text("name", "Name", (t) => t.name),
    ...(owners ? [text<TokenRow>("owner", "Acts for", (t) => owners.get(t.userKey) ?? "the machine")] : []),
    text("scopes", "Scopes", (t) => t.scopes),
    text("teams", "Teams", (t) => namesOf(t.teamKeys, teams)),
    instant("used", "Last used", (t) => t.lastUsedAt, { look: ["whole"], unknown: "Never used" }),
    instant("expires", "Expires", (t) => t.expiresAt, { look: ["whole"] }),
    text("state", "State", (t) => tokenState(t, now), { lead: true }),
    drawn("act", "Act", (t) => tokenState(t, now) === "active" && <Revoke token={t} />),
  ];
  return (
    <DataTable
      view={plainView("Tokens", columns, { zone, now, carry: {} })}
      rows={tokens}
      keyOf={(t) => t.id}
      empty={<Empty title="No tokens">Programs use a token to read from the API.</Empty>}
    />
  );
}

function Revoke({ token: { id, name } }: { token: TokenRow }) {
  return (
    <Guarded label="Revoke">
      <ActionForm action={endToken} label={`Revoke ${name}`} look="danger" fields={{ id }}>
        <TextField label="Reason (audit log)" name="reason" />
      </ActionForm>
    </Guarded>
  );
}

function namesOf(keys: string, teams: ReadonlyMap<number, string>): string {
  if (!keys) return "all that its owner sees";
  return keys
    .split(" ")
    .map((key) => teams.get(Number(key)) ?? key)
    .join(", ");
}
