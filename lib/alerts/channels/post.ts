import { Agent, request } from "undici";
import { AppError, errorText } from "@/lib/errors.ts";
import { excerpt, retryAfterMs } from "@/lib/http.ts";
import { type AllowList, guardedAddress, type Resolver, systemResolver } from "./guard.ts";

/** More of a reply is not read. */
const MOST_BYTES = 64 * 1024;

/** A reply, whatever its status. */
export interface Reply {
  readonly status: number;
  /** Its first 64 KiB. */
  readonly text: string;
  readonly retryAfterSeconds: number | undefined;
}

/** No reply: refused by us, not reached, or too slow. It may have arrived all the same. */
export class NoReply extends AppError {
  /** A target that a channel may not reach: trying again changes nothing. */
  readonly forbidden: boolean;
  constructor(message: string, forbidden: boolean, options?: ErrorOptions) {
    super("source_unavailable", message, options);
    this.name = "NoReply";
    this.forbidden = forbidden;
  }
}

/**
 * Sends one request and reads the reply. Never retries, never follows a redirect. @param signal ends the wait for the reply.
 * @throws NoReply.
 */
export type Post = (
  url: string,
  body: string,
  headers?: Readonly<Record<string, string>>,
  signal?: AbortSignal,
) => Promise<Reply>;

export interface PostSettings {
  readonly allowed: AllowList;
  readonly timeoutMs: number;
  /** Unix milliseconds. */
  readonly nowMs: () => number;
  readonly resolver?: Resolver;
}

/** The channels' way out: to public addresses and those of the allow-list alone. */
export function createPost({ allowed, timeoutMs, nowMs, resolver = systemResolver }: PostSettings): Post {
  return async (url, body, headers = {}, signal) => {
    const target = URL.parse(url);
    if (!target) throw new NoReply("The address of the channel is not a URL.", true);
    const { address, family } = await checked(target, allowed, resolver);
    // One connection for one request: it goes to the address that was checked, under the name that the certificate is for.
    const agent = new Agent({
      connect: {
        lookup: (_host, options, done) =>
          options.all ? done(null, [{ address, family }]) : done(null, address, family),
      },
      pipelining: 0,
    });
    try {
      const {
        statusCode,
        headers: got,
        body: stream,
      } = await request(target, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "*/*", "user-agent": "gpu-ledger", ...headers },
        body,
        dispatcher: agent,
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
      });
      const after = retryAfterMs(String(got["retry-after"] ?? ""), nowMs());
      const text = await start(stream);
      return { status: statusCode, text, retryAfterSeconds: after === null ? undefined : Math.ceil(after / 1000) };
    } catch (error) {
      throw new NoReply(`${target.host} ${wordsOf(error, timeoutMs)}`, false, { cause: error });
    } finally {
      await agent.destroy();
    }
  };
}

async function checked(url: URL, allowed: AllowList, resolver: Resolver) {
  try {
    return await guardedAddress(url, allowed, resolver);
  } catch (error) {
    if (error instanceof AppError) throw new NoReply(error.message, true, { cause: error });
    throw new NoReply(`${url.hostname} cannot be resolved: ${excerpt(errorText(error))}`, false, { cause: error });
  }
}

async function start(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    parts.push(part);
    size += part.length;
    if (size >= MOST_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, MOST_BYTES).toString("utf8");
}

function wordsOf(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === "TimeoutError")
    return `did not answer within ${Math.ceil(timeoutMs / 1000)} s.`;
  return `could not be reached: ${excerpt(errorText(error))}`;
}
