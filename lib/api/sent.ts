/** A request with its whole body, as it is passed to a thread. The rate limit has counted it. */
export interface SentRequest {
  readonly method: string;
  /** Of its endpoint, as OpenAPI writes it. */
  readonly endpoint: string;
  readonly parts: Readonly<Record<string, string>>;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly bytes: Uint8Array;
}

/** What a thread answers to it. */
export interface SentResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  /** Null: it has no body. */
  readonly bytes: Uint8Array | null;
}

/** The answer of a thread, as it is sent. */
export const responseOf = ({ status, headers, bytes }: SentResponse): Response =>
  new Response(bytes === null ? null : Buffer.from(bytes), {
    status,
    headers: headers.map(([name, value]) => [name, value]),
  });
