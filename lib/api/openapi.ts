import { z } from "zod";
import { permissionOf } from "@/lib/auth/permissions.ts";
import { VERSION } from "@/lib/product.ts";
import { defineGet, type Endpoint, type Parameter, type Parameters, TAGS } from "./endpoint.ts";
import { ENDPOINTS } from "./endpoints/index.ts";
import { FILE_TYPES, STATUS } from "./respond.ts";

type Json = { readonly [key: string]: unknown };

/** The document describes itself, too. */
export const openapiEndpoint: Endpoint = defineGet({
  path: "/api/v1/openapi.json",
  action: "usage.read",
  tag: "ledger",
  summary: "This document",
  json: z.looseObject({ openapi: z.string(), info: z.looseObject({ title: z.string(), version: z.string() }) }),
  answer: async () => ({ body: openapi() }),
});

/** Every address of the API, in the order of the document. */
export const OPERATIONS: readonly Endpoint[] = [...ENDPOINTS, openapiEndpoint];

const ERROR = z.object({
  error: z.object({
    code: z.enum(Object.keys(STATUS) as [string, ...string[]]),
    message: z.string().meta({ description: "What was wrong, where, and what to do." }),
  }),
});

const REFUSALS: Readonly<Record<number, string>> = {
  400: "A parameter or the body is wrong; the message names it.",
  401: "No token and no session, or one that does not hold.",
  403: "The role or the token may not do this.",
  404: "Nothing of this name exists that you may see.",
  413: "The body is larger than the address takes.",
  429: "Too many requests, or too many files at the same time: `Retry-After` says when to ask again.",
  500: "A failure of the server; its log says which.",
};
const nameOf = (status: number | string): string => `Error${status}`;

const HEADERS = {
  ETag: {
    description: "Of a JSON answer: send it as `If-None-Match` to get 304 while nothing changed.",
    schema: { type: "string" },
  },
  "RateLimit-Limit": { description: "Requests a minute.", schema: { type: "integer" } },
  "RateLimit-Remaining": { description: "Requests that are left at once.", schema: { type: "integer" } },
  "RateLimit-Reset": { description: "Seconds until all of them are.", schema: { type: "integer" } },
} as const;
const headersOf = (names: readonly (keyof typeof HEADERS)[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
const RATE = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"] as const;

/** Schemas of the document: those with a name stand in the components once. */
class Schemas {
  readonly named: Record<string, unknown> = {};

  /** @param io whether it is of what is sent in, or of what is answered. */
  of(schema: z.ZodType, io: "input" | "output" = "output"): Json {
    const {
      $schema: _,
      $defs,
      ...own
    } = z.toJSONSchema(schema, { target: "draft-2020-12", io }) as Json & { $defs?: Json };
    for (const [name, definition] of Object.entries($defs ?? {})) this.named[name] = placed(definition);
    return placed(own) as Json;
  }
}

/** A part of a schema with its references led to the components. */
function placed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(placed);
  if (part === null || typeof part !== "object") return part;
  return Object.fromEntries(
    Object.entries(part).flatMap(([key, value]): [string, unknown][] =>
      key === "$ref" && typeof value === "string"
        ? [[key, value.replace("#/$defs/", "#/components/schemas/")]]
        : key === "id" && typeof value === "string" && "type" in part
          ? []
          : [[key, placed(value)]],
    ),
  );
}

const parametersOf = (schemas: Schemas, parameters: Parameters, place: "path" | "query"): Json[] =>
  Object.entries(parameters).map(([name, { description, schema, example }]: [string, Parameter]) => ({
    ...{ name, in: place, required: place === "path", description },
    schema: schema ? schemas.of(schema) : { type: "string" },
    ...(example === undefined ? {} : { example }),
  }));

function operationOf(schemas: Schemas, endpoint: Endpoint): Json {
  const { action, tag, summary, description, parts, query, json, files = [], body, empty } = endpoint;
  const { scope } = permissionOf(action);
  const isTagged = json !== undefined && endpoint.method === "GET" && !endpoint.streams;
  const content = {
    ...(json ? { "application/json": { schema: schemas.of(json) } } : {}),
    ...Object.fromEntries(
      files
        .map((format) => FILE_TYPES[format].split(";")[0] as string)
        .filter((type) => !(json && type === "application/json"))
        .map((type) => [type, { schema: type === "application/json" ? {} : { type: "string" } }]),
    ),
  };
  const refusals = Object.keys(REFUSALS).filter(
    (status) => status !== "404" || Object.keys(parts).length + Object.keys(query).length > 0,
  );
  return {
    ...{ operationId: operationIdOf(endpoint), tags: [tag], summary, ...(description ? { description } : {}) },
    security: [{ token: scope ? [scope] : [] }, ...(endpoint.method === "GET" ? [{ session: [] }] : [])],
    parameters: [...parametersOf(schemas, parts, "path"), ...parametersOf(schemas, query, "query")],
    ...(body
      ? {
          requestBody: {
            ...{ description: body.description, required: true },
            content: Object.fromEntries(
              (body.types ?? ["application/json"]).map((type) => [type, { schema: schemas.of(body.schema, "input") }]),
            ),
          },
        }
      : {}),
    responses: {
      [empty ?? 200]: {
        description: summary,
        headers: headersOf([...(isTagged ? (["ETag"] as const) : []), ...(endpoint.unlimited ? [] : RATE)]),
        ...(empty ? {} : { content }),
      },
      ...(isTagged ? { 304: { description: "Nothing changed since the answer with this ETag." } } : {}),
      ...Object.fromEntries(refusals.map((status) => [status, { $ref: `#/components/responses/${nameOf(status)}` }])),
    },
  };
}

/** `getCostsTeamTeam`: of method and path, so that two never share one. */
export const operationIdOf = ({ method, path }: Pick<Endpoint, "method" | "path">): string =>
  method.toLowerCase() +
  path
    .replace("/api/v1", "")
    .split(/[^a-zA-Z0-9]+/)
    .filter(Boolean)
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join("");

let made: Json | undefined;

/** The API as an OpenAPI 3.1 document, made once for a process: from the endpoints, reports and schemas that answer requests. */
export function openapi(): Json {
  made ??= build();
  return made;
}

function build(): Json {
  const schemas = new Schemas();
  const paths: Record<string, Record<string, Json>> = {};
  for (const endpoint of OPERATIONS) {
    paths[endpoint.path] ??= {};
    (paths[endpoint.path] as Record<string, Json>)[endpoint.method.toLowerCase()] = operationOf(schemas, endpoint);
  }
  const error = schemas.of(ERROR);
  const responses = Object.entries(REFUSALS).map(([status, description]) => [
    nameOf(status),
    { description, content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } } },
  ]);
  return {
    openapi: "3.1.0",
    info: {
      title: "GPU Ledger",
      version: VERSION,
      description:
        "GPU metering and chargeback. Every figure comes from the loader of the page that shows it, within what the caller may see. Amounts are exact decimals with their currency beside them; what is unknown is null, never zero.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/", description: "This server" }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: { ...schemas.named, Error: error },
      headers: HEADERS,
      responses: Object.fromEntries(responses),
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: "A token of the page Account, or of `ledger tokens create`: `Authorization: Bearer gl_…`",
        },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "gpu-ledger.session",
          description: "The session of a browser, for reading.",
        },
      },
    },
  };
}
