import "server-only";
import { getApiCtx, processLog } from "@/app/ctx.ts";
import { answerBeside } from "@/lib/acts/beside.ts";
import { answerEndpoint } from "@/lib/api/answer.ts";
import type { Endpoint } from "@/lib/api/endpoint.ts";
import { respondError } from "@/lib/api/respond.ts";
import type { Action } from "@/lib/auth/permissions.ts";
import { env } from "@/lib/env.ts";
import { observeRequest } from "@/lib/metrics/process.ts";

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
    const start = performance.now();
    let path = "";
    const answer = async (): Promise<Response> => {
      try {
        const parts = await params;
        const ctx = await getApiCtx(request, action);
        const endpoint = find(parts);
        path = endpoint.path;
        return await answerEndpoint(ctx, endpoint, request, {
          perMinute: env().API_RATE_LIMIT,
          parts,
          beside: answerBeside,
        });
      } catch (error) {
        return respondError(error, processLog());
      }
    };
    const response = await answer();
    observeRequest(request.method, path, response.status, (performance.now() - start) / 1000);
    return response;
  };
