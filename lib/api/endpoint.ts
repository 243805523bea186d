import type { z } from "zod";
import type { Action } from "@/lib/auth/permissions.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { FileFormat } from "./respond.ts";

/** The parts of the documentation, in its order. */
export const TAGS = {
  costs: "What teams are charged, and how it changes",
  usage: "How GPUs are used",
  findings: "Idle GPUs, suspicious workloads and what to do about them",
  budgets: "Budgets, forecasts and alerts",
  chargeback: "Billing periods and statements",
  reports: "Every report of the product, as JSON or CSV",
  ledger: "Where amounts come from, prices, search and the state of the sync",
} as const;
export type Tag = keyof typeof TAGS;

/** A parameter of the path or the query: texts, each with what it means. */
export interface Parameter {
  readonly description: string;
  /** What it may be; any text where absent. */
  readonly schema?: z.ZodType<string>;
  readonly example?: string;
}
export type Parameters = Readonly<Record<string, Parameter>>;
type Texts<P extends Parameters> = { readonly [K in keyof P]?: string };

/** A value that is sent as JSON, or JSON as text; JSON that streams, which has no ETag; or a file that streams. */
export type Answer =
  | { readonly body: unknown }
  | { readonly json: string }
  | { readonly stream: AsyncGenerator<string> }
  | { readonly file: AsyncGenerator<string | Uint8Array>; readonly format: FileFormat; readonly name: string };

/** What is asked: the parts of the path, the query, and the JSON of the body where there is one. */
export interface Asked<P extends Parameters = Parameters, Q extends Parameters = Parameters> {
  readonly path: { readonly [K in keyof P]: string };
  readonly query: Texts<Q>;
  readonly body: unknown;
}

/**
 * An address of the API as one object: its route, its documentation and its tests come from it. Permission and the query are checked
 * before `answer` is called; what the viewer may see within it is decided by the loaders that it calls.
 */
export interface Endpoint<P extends Parameters = Parameters, Q extends Parameters = Parameters> {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** As OpenAPI writes it: `/api/v1/findings/{finding}`. */
  readonly path: string;
  readonly action: Action;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  readonly parts: P;
  readonly query: Q;
  /** Of its JSON answer. */
  readonly json?: z.ZodType;
  /** Formats that it answers as a file, besides JSON. */
  readonly files?: readonly FileFormat[];
  /** Of what writes. */
  readonly body?: {
    readonly description: string;
    readonly schema: z.ZodType;
    /** Media types; JSON where absent. */
    readonly types?: readonly string[];
  };
  /** The status of an answer without a body. */
  readonly empty?: 202 | 204;
  /** Takes the request as it is, in place of `answer`: where a protocol says how it is sent and answered. */
  readonly receive?: (ctx: Ctx, request: Request) => Promise<Response>;
  /** Its JSON streams: there is no ETag before its end. */
  readonly streams?: boolean;
  /** Not counted against the rate limit. */
  readonly unlimited?: boolean;
  answer(ctx: Ctx, asked: Asked<P, Q>): Promise<Answer>;
}

/** An address that reads. */
export const defineGet = <
  const P extends Parameters = Record<never, Parameter>,
  const Q extends Parameters = Record<never, Parameter>,
>(
  endpoint: Omit<Endpoint<P, Q>, "method" | "parts" | "query" | "body"> & { readonly parts?: P; readonly query?: Q },
): Endpoint<P, Q> => ({
  ...endpoint,
  method: "GET",
  parts: endpoint.parts ?? ({} as P),
  query: endpoint.query ?? ({} as Q),
});
