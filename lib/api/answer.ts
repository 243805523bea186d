import { createHash } from "node:crypto";
import type { z } from "zod";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { parseJsonText } from "@/lib/input.ts";
import { shortName } from "@/lib/reports/read/near-names.ts";
import type { Asked, Endpoint, Parameters } from "./endpoint.ts";
import { RateLimiter, type RateState, rateHeaders } from "./rate.ts";
import { takeOnly } from "./report-request.ts";
import { respondError, respondFile, respondJson, respondStream } from "./respond.ts";
import { responseOf, type SentRequest, type SentResponse } from "./sent.ts";

/** Bytes of a body. */
const MOST_BYTES = 4 * 1024 * 1024;
/** A body of fewer bytes is read where the request is answered: it takes less than to pass it on. */
const SMALL_BYTES = 16 * 1024;

/** Kept on globalThis: modules that are bundled twice share one. */
const place = globalThis as { gpuLedgerRate?: RateLimiter };
place.gpuLedgerRate ??= new RateLimiter();
const limiter = place.gpuLedgerRate;

export interface AnswerOptions {
  /** Requests a minute of one person or token in this process; 0: any number. */
  readonly perMinute: number;
  /** The parts of the path by name. */
  readonly parts: Readonly<Record<string, string>>;
  readonly limiter?: RateLimiter;
  /** Answers requests with large bodies in another thread; where absent all of them are answered here. */
  readonly beside?: ((ctx: Ctx, request: SentRequest) => Promise<SentResponse>) | undefined;
}

/**
 * Answers a request of a viewer who has the endpoint's permission: counts it, reads what is asked, and sends JSON with an ETag or a file.
 * Errors have the one shape of every error.
 */
export async function answerEndpoint(
  ctx: Ctx,
  endpoint: Endpoint,
  request: Request,
  options: AnswerOptions,
): Promise<Response> {
  const rate = takeTurn(ctx.viewer, endpoint, options);
  const isPassed = options.beside && isLarge(endpoint, request) && !(rate && rate.waitSeconds > 0);
  const answering = isPassed
    ? answeredBeside(ctx, endpoint, request, options)
    : answered(ctx, endpoint, request, options, rate);
  const answer = await answering.catch((error) => respondError(error, ctx.log));
  for (const [name, value] of Object.entries(rate ? rateHeaders(rate) : {})) answer.headers.set(name, value);
  return answer;
}

/** Whether a request brings so much that to read it would hold up others; one that does not say how much could. */
const isLarge = (endpoint: Endpoint, { headers }: Request): boolean =>
  endpoint.body !== undefined && !(Number(headers.get("content-length") ?? Number.NaN) <= SMALL_BYTES);

async function answeredBeside(
  ctx: Ctx,
  endpoint: Endpoint,
  request: Request,
  { parts, beside }: AnswerOptions,
): Promise<Response> {
  const bytes = await bytesOf(request);
  const { method, url } = request;
  const sent = { method, url, endpoint: endpoint.path, parts, headers: [...request.headers], bytes };
  if (!beside) throw new AppError("internal", "Nothing answers large requests.");
  return responseOf(await beside(ctx, sent));
}

/** Null: not counted. Anyone who sits at the machine is not. */
function takeTurn(viewer: Viewer, endpoint: Endpoint, options: AnswerOptions): RateState | null {
  if (endpoint.unlimited || options.perMinute === 0 || viewer.kind === "local") return null;
  return (options.limiter ?? limiter).take(viewer.id, options.perMinute, performance.now());
}

async function answered(
  ctx: Ctx,
  endpoint: Endpoint,
  request: Request,
  { parts, perMinute }: AnswerOptions,
  rate: RateState | null,
): Promise<Response> {
  if (rate && rate.waitSeconds > 0)
    throw new AppError(
      "busy",
      `These are more than ${perMinute} requests a minute. Ask again in ${rate.waitSeconds} s.`,
    );
  const query = queryOf(endpoint.query, new URL(request.url).searchParams);
  if (endpoint.receive) return endpoint.receive(ctx, request);
  const asked: Asked = {
    path: parts,
    query,
    body: endpoint.body ? await bodyOf(request) : undefined,
  };
  const answer = await endpoint.answer(ctx, asked);
  if ("file" in answer) return respondFile(answer.file, answer.format, answer.name, ctx, request);
  if ("stream" in answer) return respondStream(answer.stream, ctx, request);
  if (endpoint.method !== "GET" && "body" in answer) return respondJson(answer.body);
  const text = "json" in answer ? answer.json : `${JSON.stringify(answer.body)}\n`;
  return respondTagged(request, ctx.viewer, text);
}

/** @throws AppError `invalid` for a parameter that the endpoint does not have, one that is given twice, or a value that it does not take. */
export function queryOf(known: Parameters, query: URLSearchParams): Readonly<Record<string, string>> {
  takeOnly(query, Object.keys(known));
  const given = Object.fromEntries(query);
  for (const [name, value] of Object.entries(given)) {
    const schema = known[name]?.schema;
    // What is empty is for the endpoint to judge: some take it for absent.
    if (!schema || value === "" || schema.safeParse(value).success) continue;
    const choices = optionsOf(schema);
    const how = choices ? `: use ${choices.join(", ")}.` : ". See the documentation of the API.";
    throw new AppError("invalid", `"${shortName(value)}" is not a ${name}${how}`);
  }
  return given;
}

const optionsOf = (schema: z.ZodType): readonly string[] | null =>
  "options" in schema && Array.isArray(schema.options) ? schema.options : null;

/** The body of a request, read no further than it may be long. @throws AppError `too_large`. */
async function bytesOf(request: Request): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.body ?? []) {
    length += part.length;
    if (length > MOST_BYTES)
      throw new AppError("too_large", "The body is larger than 4 MiB. Send less at once, in several requests.");
    read.push(part);
  }
  return Buffer.concat(read);
}

const bodyOf = async (request: Request): Promise<unknown> =>
  parseJsonText(new TextDecoder().decode(await bytesOf(request)));

/**
 * JSON with an ETag; 304 where the caller has it already. A program may keep an answer to its token and ask whether it still holds; a
 * browser keeps nothing of a session, whose screen may be somebody else's tomorrow.
 */
export function respondTagged(request: Request, viewer: Pick<Viewer, "kind">, text: string): Response {
  const tag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 27)}"`;
  const headers = {
    "x-content-type-options": "nosniff",
    "cache-control": viewer.kind === "token" ? "private, no-cache" : "no-store",
    vary: "authorization, cookie",
    etag: tag,
  };
  const had = (request.headers.get("if-none-match") ?? "").split(",").map((t) => t.trim().replace(/^W\//, ""));
  if (had.includes(tag) || had.includes("*")) return new Response(null, { status: 304, headers });
  return new Response(text, { headers: { ...headers, "content-type": "application/json; charset=utf-8" } });
}
