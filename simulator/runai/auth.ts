import { createHmac, timingSafeEqual } from "node:crypto";
import { type Call, json, type Reply } from "@/simulator/http.ts";
import { atLeast, errorReply, type RunaiContext, RunaiError } from "./context.ts";

const KEY = "simulator";

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function sign(text: string): string {
  return createHmac("sha256", KEY).update(text).digest("base64url");
}

/** Tokens live in real time, whatever the cluster's clock says: the client compares `exp` with its own. */
function jwt(context: RunaiContext): string {
  const now = Math.floor(Date.now() / 1000);
  const head = `${encode({ alg: "HS256", typ: "JWT" })}.${encode({
    iss: "runai-simulator",
    sub: context.credentials.appId,
    iat: now,
    exp: now + context.switches.tokenTtlSeconds,
  })}`;
  return `${head}.${sign(head)}`;
}

function credentialsMatch(context: RunaiContext, id: string | undefined, secret: string | undefined): boolean {
  const given = Buffer.from(sign(`${id}\n${secret}`));
  return timingSafeEqual(given, Buffer.from(sign(`${context.credentials.appId}\n${context.credentials.appSecret}`)));
}

/**
 * `POST /api/v1/token`: JSON, keys in any case, for clients write `clientID`, `clientId` and `AppId`. `client_credentials`
 * exists since 2.20, `app_token` until 3.0, `expiresIn` since 2.24.
 */
export function tokenV1(context: RunaiContext, call: Call): Reply {
  let body: Record<string, string>;
  try {
    body = JSON.parse(call.body) as Record<string, string>;
  } catch {
    return errorReply(new RunaiError(400, "Validation failed - body is not JSON"));
  }
  const field = new Map(Object.entries(body).map(([k, v]) => [k.toLowerCase().replaceAll("_", ""), v]));
  const grant = field.get("granttype") ?? "";
  const grants = ["app_token", "refresh_token", "exchange_token", "password"].filter(
    (g) => g !== "app_token" || !atLeast(context.switches, "3.0"),
  );
  if (atLeast(context.switches, "2.20")) grants.push("client_credentials");
  if (!grants.includes(grant))
    return errorReply(new RunaiError(400, `Validation failed - grantType ${grant} is not supported`));
  const id = field.get("clientid") ?? field.get("appid");
  const secret = field.get("clientsecret") ?? field.get("appsecret");
  if (!credentialsMatch(context, id, secret)) return errorReply(new RunaiError(401, "Issuer is not familiar."));
  const token = jwt(context);
  const expiry = atLeast(context.switches, "2.24") ? { expiresIn: context.switches.tokenTtlSeconds } : {};
  return json({ accessToken: token, idToken: token, refreshToken: "", ...expiry });
}

/** `POST /api/v2/token`, since 2.24: an OAuth form; errors are `{error, error_description}`. */
export function tokenV2(context: RunaiContext, call: Call): Reply {
  const type = String(call.headers["content-type"] ?? "");
  if (!type.startsWith("application/x-www-form-urlencoded"))
    return json({ error: "invalid_request", error_description: "form expected" }, 400);
  const form = new URLSearchParams(call.body);
  if (form.get("grant_type") !== "client_credentials") return json({ error: "unsupported_grant_type" }, 400);
  if (!credentialsMatch(context, form.get("client_id") ?? "", form.get("client_secret") ?? ""))
    return json({ error: "invalid_client", error_description: "Invalid client or Invalid client credentials" }, 401);
  return json({
    access_token: jwt(context),
    token_type: "Bearer",
    expires_in: context.switches.tokenTtlSeconds,
    scope: "openid",
  });
}

/** @throws RunaiError 401 when the bearer token is absent, not ours or expired. */
export function checkToken(call: Call): void {
  const token = /^Bearer (.+)$/.exec(String(call.headers.authorization ?? ""))?.[1] ?? "";
  const [head, payload, signature] = token.split(".");
  if (!head || !payload || signature !== sign(`${head}.${payload}`))
    throw new RunaiError(401, "Issuer is not familiar.");
  const { exp } = JSON.parse(Buffer.from(payload, "base64url").toString()) as { exp: number };
  if (exp <= Date.now() / 1000) throw new RunaiError(401, "Token is expired.");
}
