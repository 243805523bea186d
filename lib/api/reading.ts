/** The OpenAPI document as a page shows it: flat, in its order, with references resolved. */

type Json = { readonly [key: string]: unknown };
const isJson = (value: unknown): value is Json => value !== null && typeof value === "object" && !Array.isArray(value);

/** A field of an answer or a body: `teams[].amount`, in words and type. */
export interface ReadField {
  readonly name: string;
  readonly type: string;
  readonly description: string;
}

export interface ReadParameter extends ReadField {
  readonly place: "path" | "query";
  readonly example: string;
}

export interface ReadOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  /** What a token needs. */
  readonly scope: string;
  readonly parameters: readonly ReadParameter[];
  readonly body: readonly ReadField[];
  readonly answer: readonly ReadField[];
  /** Media types of the answer. */
  readonly types: readonly string[];
  /** A command that asks for it, with the examples of its parameters. */
  readonly command: string;
}

export interface ReadTag {
  readonly name: string;
  readonly description: string;
  readonly operations: readonly ReadOperation[];
}

/** Operations by tag. @param base the address of the server, without a slash at its end. */
export function readDocument(document: Json, base: string): ReadTag[] {
  const schemas = (document.components as { schemas: Record<string, Json> }).schemas;
  const all = Object.entries(document.paths as Record<string, Record<string, Json>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return (document.tags as { name: string; description: string }[]).map(({ name, description }) => ({
    ...{ name, description },
    operations: all
      .filter(({ operation }) => (operation.tags as string[]).includes(name))
      .map(({ path, method, operation }) => readOperation(path, method.toUpperCase(), operation, schemas, base)),
  }));
}

function readOperation(
  path: string,
  method: string,
  operation: Json,
  schemas: Record<string, Json>,
  base: string,
): ReadOperation {
  const parameters = (operation.parameters as Json[]).map(
    (p): ReadParameter => ({
      name: String(p.name),
      place: p.in as "path" | "query",
      type: typeOf(p.schema as Json, schemas),
      description: String(p.description ?? ""),
      example: String(p.example ?? ""),
    }),
  );
  const responses = operation.responses as Record<string, { content: Record<string, { schema: Json }> }>;
  const content = responses["200"]?.content ?? {};
  const body = (operation.requestBody as { content?: Record<string, { schema: Json }> } | undefined)?.content;
  const [security] = operation.security as { token?: string[] }[];
  return {
    ...{ id: String(operation.operationId), method, path, parameters },
    summary: String(operation.summary),
    description: String(operation.description ?? ""),
    scope: security?.token?.[0] ?? "",
    body: fieldsOf(body?.["application/json"]?.schema, schemas),
    answer: fieldsOf(content["application/json"]?.schema, schemas),
    types: Object.keys(content),
    command: commandOf(method, path, parameters, base),
  };
}

const resolved = (schema: Json, schemas: Record<string, Json>): Json => {
  const name = typeof schema.$ref === "string" ? schema.$ref.split("/").at(-1) : undefined;
  return name === undefined ? schema : { ...schemas[name], ...schema };
};

/** `string`, `number or null`, `a or b`, `list`: what a value may be, in words. */
function typeOf(given: Json, schemas: Record<string, Json>): string {
  const schema = resolved(given, schemas);
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return [...new Set(choices.map((c) => typeOf(c as Json, schemas)))].join(" or ");
  if (Array.isArray(schema.enum)) return schema.enum.map(String).join(", ");
  if (schema.const !== undefined) return String(schema.const);
  if (schema.format === "date-time") return "instant";
  if (schema.format === "date") return "day";
  if (schema.type === "array") return "list";
  return Array.isArray(schema.type) ? schema.type.join(" or ") : String(schema.type ?? "any");
}

const DEEPEST = 4;

/** Every field, those of objects and lists under the name of what holds them. */
function fieldsOf(given: Json | undefined, schemas: Record<string, Json>, before = "", depth = 0): ReadField[] {
  if (!given || depth > DEEPEST) return [];
  const schema = objectOf(given, schemas);
  if (!isJson(schema?.properties)) return [];
  return Object.entries(schema.properties).flatMap(([key, value]) => {
    const inner = resolved(value as Json, schemas);
    const name = before + key;
    const own = { name, type: typeOf(inner, schemas), description: String(inner.description ?? "") };
    const items = listItems(inner);
    const under = items
      ? fieldsOf(items, schemas, `${name}[].`, depth + 1)
      : fieldsOf(inner, schemas, `${name}.`, depth + 1);
    return [own, ...under];
  });
}

const listItems = (schema: Json): Json | null =>
  schema.type === "array" && isJson(schema.items) ? schema.items : null;

/** The object of a schema, of one that may be null, too. */
function objectOf(given: Json, schemas: Record<string, Json>): Json | undefined {
  const schema = resolved(given, schemas);
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return choices.map((c) => resolved(c as Json, schemas)).find((c) => c.type === "object");
  return schema;
}

function commandOf(method: string, path: string, parameters: readonly ReadParameter[], base: string): string {
  const filled = path.replace(/\{(\w+)\}/g, (whole, name) => parameters.find((p) => p.name === name)?.example || whole);
  const [first] = parameters.filter((p) => p.place === "query" && p.example);
  const query = first ? `?${first.name}=${encodeURIComponent(first.example)}` : "";
  const send = method === "GET" || method === "DELETE" ? "" : " -H 'Content-Type: application/json' -d @body.json";
  // With a body curl sends POST by itself.
  const how = method === "GET" || method === "POST" ? "" : ` -X ${method}`;
  return `curl${how} -H "Authorization: Bearer $TOKEN"${send} '${base}${filled}${query}'`;
}
