import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { answerEndpoint } from "./answer.ts";
import type { Endpoint } from "./endpoint.ts";
import type { SentRequest, SentResponse } from "./sent.ts";

/** Answers a request that was passed to a thread. @throws AppError `internal` for an endpoint that there is not. */
export async function answerSent(ctx: Ctx, sent: SentRequest, endpoints: readonly Endpoint[]): Promise<SentResponse> {
  const endpoint = endpoints.find(({ method, path }) => method === sent.method && path === sent.endpoint);
  if (!endpoint) throw new AppError("internal", `There is no endpoint ${sent.method} ${sent.endpoint}.`);
  const { method, url, headers, bytes, parts } = sent;
  const request = new Request(url, {
    method,
    headers: headers.map(([name, value]) => [name, value]),
    body: Buffer.from(bytes),
  });
  const response = await answerEndpoint(ctx, endpoint, request, { perMinute: 0, parts });
  return {
    status: response.status,
    headers: [...response.headers],
    bytes: response.body === null ? null : await response.bytes(),
  };
}
