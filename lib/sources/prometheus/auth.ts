import { readSecretFile } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import type { HttpSettings } from "@/lib/http.ts";
import { readTls } from "@/lib/sources/tls.ts";

/** How to reach a server, and as which user. At most one of user, bearer token and bearer token file. */
export interface Access {
  readonly url: string;
  readonly pathPrefix?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly bearerToken?: string | undefined;
  readonly bearerTokenFile?: string | undefined;
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** Instead of files: their texts. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface Door {
  /** The address without credentials, with the path prefix, without a trailing slash. */
  readonly base: string;
  /** Called for each request: a token file is read again, so that it can rotate. @throws AppError `invalid`. */
  headers(): Record<string, string>;
  readonly tls: NonNullable<HttpSettings["tls"]>;
}

/**
 * Reads the certificates and checks that the settings fit together.
 * @throws AppError `invalid` naming the key.
 */
export function openDoor(access: Access): Door {
  const url = parseUrl(access.url);
  const username = access.username ?? (url.username ? decodeURIComponent(url.username) : undefined);
  const password = access.password ?? decodeURIComponent(url.password);
  if ([username, access.bearerToken, access.bearerTokenFile].filter(Boolean).length > 1)
    throw new AppError(
      "invalid",
      "Set PROMETHEUS_USERNAME, PROMETHEUS_BEARER_TOKEN or PROMETHEUS_BEARER_TOKEN_FILE, not several of them.",
    );
  if (username?.includes(":"))
    throw new AppError("invalid", "PROMETHEUS_USERNAME: a user name cannot contain a colon.");
  url.username = "";
  url.password = "";
  const prefix = (access.pathPrefix ?? "").replace(/^\/*|\/+$/g, "");
  return {
    base: `${url.href.replace(/[?#].*$/, "").replace(/\/+$/, "")}${prefix ? `/${prefix}` : ""}`,
    headers: () => ({ ...access.headers, ...authorization(access, username, password) }),
    tls: readTls(
      { key: "PROMETHEUS_CA_FILE", path: access.caFile, text: access.ca },
      {
        cert: { key: "PROMETHEUS_CERT_FILE", path: access.certFile, text: access.cert },
        key: { key: "PROMETHEUS_KEY_FILE", path: access.keyFile, text: access.key },
      },
    ),
  };
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new AppError("invalid", "PROMETHEUS_URL: expected an http:// or https:// address.");
  return url;
}

function authorization(access: Access, username: string | undefined, password: string): Record<string, string> {
  const token = access.bearerTokenFile
    ? readSecretFile("PROMETHEUS_BEARER_TOKEN_FILE", access.bearerTokenFile)
    : access.bearerToken;
  if (token) return { authorization: `Bearer ${token}` };
  if (username) return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
  return {};
}
