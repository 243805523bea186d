import "server-only";
import { getApiCtx } from "@/app/ctx.ts";
import { answerEndpoint } from "@/lib/api/answer.ts";
import type { Endpoint } from "@/lib/api/endpoint.ts";
import { respondError } from "@/lib/api/respond.ts";
import type { Action } from "@/lib/auth/permissions.ts";
import { env } from "@/lib/env.ts";

type Parts = Record<string, string>;
/** What Next.js calls for a request to an address of the API. */
export type Handler = (request: Request, context: { params: Promise<Parts> }) => Promise<Response>;

/** The handler of an endpoint. */
// biome-ignore lint/suspicious/noExplicitAny: an endpoint with parameters of its own is one of any parameters
export const serve = (endpoint: Endpoint<any, any>): Handler => serveFound(endpoint.action, () => endpoint);

/**
 * The handler of endpoints that share a route. @param action what all of them need, checked before anything else.
 * @param find throws AppError `not_found` for parts of the path that lead to none.
 */
export const serveFound =
  (action: Action, find: (parts: Parts) => Endpoint): Handler =>
  async (request, { params }) => {
    try {
      const ctx = await getApiCtx(request, action);
      const parts = await params;
      return await answerEndpoint(ctx, find(parts), request, { perMinute: env().API_RATE_LIMIT, parts });
    } catch (error) {
      return respondError(error);
    }
  };
