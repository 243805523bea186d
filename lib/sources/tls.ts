import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { readSecretFile } from "@/lib/env.ts";
import { AppError, errorText } from "@/lib/errors.ts";
import type { HttpSettings } from "@/lib/http.ts";

/** A setting that names a file, or the text that such a file would have. */
export interface FileSetting {
  readonly key: string;
  readonly path?: string | undefined;
  readonly text?: string | undefined;
}

/**
 * Reads PEM files for TLS: a certificate authority, a client certificate and its private key; those without a path are left out.
 * @throws AppError `invalid` naming the key of a file that cannot be read, is not PEM, or does not belong to the other.
 */
export function readTls(
  ca: FileSetting,
  client?: { readonly cert: FileSetting; readonly key: FileSetting },
): NonNullable<HttpSettings["tls"]> {
  const authority = read(ca);
  const [cert, key] = [client && read(client.cert), client && read(client.key)];
  if (authority !== undefined)
    works(() => new X509Certificate(authority), `${ca.key}: ${ca.path ?? "this"} is not a PEM file of a certificate`);
  if (client && (cert !== undefined || key !== undefined))
    works(
      () => createSecureContext({ cert, key }),
      `${client.cert.key} and ${client.key.key}: not the PEM files of a certificate and its private key`,
    );
  return {
    ...(authority === undefined ? {} : { ca: authority }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

const read = ({ key, path, text }: FileSetting) => text || (path ? readSecretFile(key, path) : undefined);

function works(check: () => unknown, problem: string): void {
  try {
    check();
  } catch (error) {
    throw new AppError("invalid", `${problem} (${errorText(error)}).`, { cause: error });
  }
}
