import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";

/** An event as OpenMeter's schema takes it: strict about attributes, the subject is required, data is an object. */
const eventSchema = z.strictObject({
  specversion: z.literal("1.0"),
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.string().min(1),
  subject: z.string().min(1),
  time: z.iso.datetime(),
  datacontenttype: z.literal("application/json").optional(),
  dataschema: z.url().optional(),
  data: z.record(z.string(), z.unknown()),
});
export type StoredEvent = z.output<typeof eventSchema>;

/** How the next request is answered instead. */
export type Fault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly text?: string }
  /** Stores everything, then cuts the connection: the sender cannot know. */
  | "cut-after"
  /** Stores the first half, then fails: OpenMeter hands events on one by one. */
  | "half"
  /** Cuts the connection before anything is stored. */
  | "cut-before";

const KINDS = {
  openmeter: { path: "/api/v1/events", accepted: 204 },
  konnect: { path: "/api/v3/openmeter/events", accepted: 202 },
} as const;

interface Settings {
  readonly kind?: keyof typeof KINDS;
  readonly token?: string;
  /** Events that it refuses, and with them their whole request. */
  readonly refuses?: (event: StoredEvent) => boolean;
}

/**
 * A stand-in for OpenMeter and Konnect that keeps to docs/decisions/0200 and the published rules: exact content types, bearer, 400 for a whole
 * request with one wrong event, 204 or 202, and an event of a known source and id counted once (for 32 days by its clock).
 */
export class OpenMeter {
  readonly url: string;
  /** Events in the order in which they were stored. */
  readonly stored: StoredEvent[] = [];
  readonly faults: Fault[] = [];
  /** Of each request: how many events it had, and how it was answered. */
  readonly requests: { readonly events: number; readonly status: number }[] = [];
  duplicates = 0;
  /** Unix seconds. */
  now = 0;
  readonly #known = new Map<string, number>();
  readonly #server: ReturnType<typeof createServer>;

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start({ kind = "openmeter", token = "", refuses = () => false }: Settings = {}): Promise<OpenMeter> {
    const { path, accepted } = KINDS[kind];
    let self: OpenMeter | undefined;
    const server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const meter = self as OpenMeter;
      const answer = (status: number, detail = "", headers: Readonly<Record<string, string>> = {}, events = 0) => {
        meter.requests.push({ events, status });
        response.writeHead(status, { "content-type": "application/problem+json", ...headers });
        response.end(status < 300 ? "" : JSON.stringify({ type: "about:blank", title: "Error", status, detail }));
      };
      if (request.url !== path) return answer(404, "not found");
      if (request.method !== "POST") return answer(405, "method not allowed");
      if (token && request.headers.authorization !== `Bearer ${token}`) return answer(401, "unauthorized");
      const type = request.headers["content-type"] ?? "";
      if (type !== "application/cloudevents-batch+json") return answer(400, `invalid content type: ${type}`);
      const events = readEvents(Buffer.concat(parts).toString("utf8"));
      if (events === null || events.length === 0) return answer(400, "invalid event: no events found");
      if (events.some((event) => event === null || refuses(event)))
        return answer(400, "one event is not valid", {}, events.length);
      return meter.#take(
        events as StoredEvent[],
        (status, headers) => answer(status, "fault", headers, events.length),
        {
          accepted,
          cut: () => request.socket.destroy(),
        },
      );
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    self = new OpenMeter(server);
    return self;
  }

  #take(
    events: readonly StoredEvent[],
    answer: (status: number, headers?: Readonly<Record<string, string>>) => void,
    { accepted, cut }: { readonly accepted: number; readonly cut: () => void },
  ): void {
    const fault = this.faults.shift();
    if (typeof fault === "object") answer(fault.status, fault.headers);
    else if (fault === "cut-before") cut();
    else if (fault === "half") {
      this.#store(events.slice(0, Math.ceil(events.length / 2)));
      answer(500);
    } else {
      this.#store(events);
      if (fault === "cut-after") cut();
      else answer(accepted);
    }
  }

  #store(events: readonly StoredEvent[]): void {
    for (const event of events) {
      const identity = `${event.source}\u0000${event.id}`;
      const since = this.#known.get(identity);
      if (since !== undefined && this.now - since < 32 * 86_400) this.duplicates++;
      else {
        this.#known.set(identity, this.now);
        this.stored.push(event);
      }
    }
  }

  /** What a SUM meter shows. */
  sum(field: string, of: (event: StoredEvent) => boolean = () => true): number {
    return this.stored.filter(of).reduce((sum, { data }) => sum + Number(data[field] ?? 0), 0);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** @returns null: not a JSON array; null in it: an event that the schema refuses. */
function readEvents(text: string): (StoredEvent | null)[] | null {
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) ? read.map((event) => eventSchema.safeParse(event).data ?? null) : null;
  } catch {
    return null;
  }
}
