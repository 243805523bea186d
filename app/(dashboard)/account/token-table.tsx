import { ActionForm } from "@/components/action-form.tsx";
import { Narrow, Table, Td, Th } from "@/components/data-table.tsx";
import { Guarded, TextField } from "@/components/fields.tsx";
import { formatMoment } from "@/components/format.ts";
import { Empty } from "@/components/page-header.tsx";
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

const stateOf = (token: TokenRow, now: number): "active" | "expired" | "revoked" =>
  token.revokedAt !== null ? "revoked" : token.expiresAt <= now ? "expired" : "active";

/** Tokens with what they may do, their use, and the way to end them. */
export function TokenTable({ tokens, teams, zone, now, owners }: Props) {
  if (tokens.length === 0) return <Empty title="No tokens">Programs use a token to read from the API.</Empty>;
  return (
    <Table label="Tokens">
      <thead>
        <tr>
          <Th>Name</Th>
          {owners && <Th>Acts for</Th>}
          <Th>Scopes</Th>
          <Th>Teams</Th>
          <Th>Last used</Th>
          <Th>Expires</Th>
          <Th>State</Th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => {
          const state = stateOf(token, now);
          return (
            <tr key={token.id} className={state === "active" ? "hover:bg-raised" : "text-faint"}>
              <Td>
                {token.name}
                <Narrow>
                  {state}, {token.scopes}
                </Narrow>
              </Td>
              {owners && <Td>{owners.get(token.userKey) ?? "the machine"}</Td>}
              <Td>{token.scopes}</Td>
              <Td>{namesOf(token.teamKeys, teams)}</Td>
              <Td className="whitespace-nowrap">
                {token.lastUsedAt === null ? "never" : formatMoment(token.lastUsedAt, zone)}
              </Td>
              <Td className="whitespace-nowrap">{formatMoment(token.expiresAt, zone)}</Td>
              <Td>
                {state === "active" ? (
                  <Guarded label="Revoke">
                    <ActionForm
                      action={endToken}
                      label={`Revoke ${token.name}`}
                      look="danger"
                      fields={{ id: token.id }}
                    >
                      <TextField label="Why (for the audit log)" name="reason" />
                    </ActionForm>
                  </Guarded>
                ) : (
                  state
                )}
              </Td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

function namesOf(keys: string, teams: ReadonlyMap<number, string>): string {
  if (!keys) return "all of its owner";
  return keys
    .split(" ")
    .map((key) => teams.get(Number(key)) ?? key)
    .join(", ");
}
