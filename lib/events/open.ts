import type { Reader } from "@/db/client.ts";
import { parseInput } from "@/lib/input.ts";
import { findSecret, type SecretKeys } from "@/lib/secrets/index.ts";
import { type DestinationRow, secretOwner } from "./destination-store.ts";
import { getDestinationKind } from "./destinations/index.ts";
import type { OpenDestination } from "./send.ts";
import { mappingSchema } from "./types.ts";

/** A destination with its settings read and its secrets decrypted, for requests. @throws AppError `invalid` for what cannot be read. */
export async function openDestination(db: Reader, keys: SecretKeys, row: DestinationRow): Promise<OpenDestination> {
  const kind = getDestinationKind(row.kind);
  const texts = JSON.parse(row.settings) as Record<string, string>;
  const secrets: Record<string, string | undefined> = {};
  for (const { name, secret } of kind.fields)
    if (secret) secrets[name] = await findSecret(db, keys, { of: secretOwner(row.key), field: name });
  return { row, kind, settings: parseInput(kind.settings, texts), secrets, mapping: parseInput(mappingSchema, texts) };
}
