import { gunzipSync } from "node:zlib";
import { AppError } from "@/lib/errors.ts";
import { parseJsonText } from "@/lib/input.ts";

/** What is wrong with a request as a whole, as HTTP says it. */
export class RequestRefused extends Error {
  readonly status: 400 | 413 | 415;
  constructor(status: 400 | 413 | 415, message: string) {
    super(message);
    this.name = "RequestRefused";
    this.status = status;
  }
}

export const MOST_BYTES = 1024 * 1024;
export const MOST_EVENTS = 1000;
const MOST_EVENT_BYTES = 64 * 1024;
const LARGE = "The body is larger than 1 MiB: send fewer events at once.";

/** The body of a request as bytes, unpacked. @throws RequestRefused. */
async function bytesOf(request: Request): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.body ?? []) {
    length += part.length;
    if (length > MOST_BYTES) throw new RequestRefused(413, LARGE);
    parts.push(part);
  }
  const bytes = Buffer.concat(parts);
  const packed = request.headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (packed === "identity" || packed === "") return bytes;
  if (packed !== "gzip") throw new RequestRefused(415, `Content-Encoding "${packed.slice(0, 40)}" is not gzip.`);
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") throw new RequestRefused(413, LARGE);
    throw new RequestRefused(400, "The body is not gzip, as its Content-Encoding says.");
  }
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return parseJsonText(bytes.toString("utf8"));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new RequestRefused(error.code === "too_large" ? 413 : 400, error.message);
  }
}

/** The attributes of an event whose body is its data: `ce-id` and its like, percent-encoded. */
function binaryEvent(headers: Headers, data: unknown): object {
  const attributes = [...headers].filter(([name]) => name.startsWith("ce-"));
  const decoded = attributes.map(([name, value]) => {
    try {
      return [name.slice(3), decodeURIComponent(value)];
    } catch {
      throw new RequestRefused(400, `The header ${name} is not percent-encoded text.`);
    }
  });
  return { ...Object.fromEntries(decoded), data };
}

/**
 * The events of a request, unread: of the structured, the batched and the binary mode, and of plain JSON with an object or an array, as
 * OpenMeter takes it. @throws RequestRefused.
 */
export async function readEvents(request: Request): Promise<unknown[]> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  const isBinary = type === "application/json" && request.headers.has("ce-specversion");
  if (!/^application\/(json|cloudevents\+json|cloudevents-batch\+json)$/.test(type))
    throw new RequestRefused(415, `Content-Type "${type.slice(0, 80)}" is not JSON or CloudEvents in JSON.`);
  const body = jsonOf(await bytesOf(request));
  if (isBinary) return [binaryEvent(request.headers, body)];
  if (type === "application/cloudevents-batch+json" && !Array.isArray(body))
    throw new RequestRefused(400, "A batch is an array of events.");
  if (type === "application/cloudevents+json" && Array.isArray(body))
    throw new RequestRefused(400, "One event is an object: send arrays as application/cloudevents-batch+json.");
  const events = Array.isArray(body) ? body : [body];
  if (events.length > MOST_EVENTS)
    throw new RequestRefused(413, `A request has at most ${MOST_EVENTS} events: these are ${events.length}.`);
  return events;
}

/** Whether an event is larger than what everybody must take. */
export const isTooLarge = (event: unknown): boolean =>
  Buffer.byteLength(JSON.stringify(event) ?? "") > MOST_EVENT_BYTES;
