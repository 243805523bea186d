import type { Ctx } from "@/lib/ctx.ts";
import { AppError, type ErrorCode } from "@/lib/errors.ts";
import type { Log } from "@/lib/log.ts";
import { recordDownload } from "./download-record.ts";
import { beginExport, beginStream } from "./export-turns.ts";

/** The one table from what went wrong to what HTTP says. */
export const STATUS: Readonly<Record<ErrorCode, number>> = {
  invalid: 400,
  too_large: 413,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  period_closed: 409,
  busy: 429,
  source_unavailable: 503,
  internal: 500,
};

/** Of every answer: never guessed at, never kept by a cache, since it depends on who asks. */
const SAFE = { "x-content-type-options": "nosniff", "cache-control": "no-store" };

export function respondJson(body: unknown, status = 200): Response {
  return new Response(`${JSON.stringify(body)}\n`, {
    status,
    headers: { ...SAFE, "content-type": "application/json; charset=utf-8" },
  });
}

/** `{"error": {"code", "message"}}`, the shape of every error. What is internal is logged and not shown. */
export function respondError(error: unknown, log: Pick<Log, "error">): Response {
  if (error instanceof AppError && error.code !== "internal") return respondRefusal(error);
  log.error({ err: error }, "request failed");
  return respondRefusal(new AppError("internal", "Something went wrong on our side. The log of the server says what."));
}

/** An error that is known, in the same shape. */
export function respondRefusal({ code, message }: AppError): Response {
  const response = respondJson({ error: { code, message } }, STATUS[code]);
  if (code === "busy") response.headers.set("retry-after", "5");
  return response;
}

/** Media types of files, by their extension. */
export const FILE_TYPES = {
  csv: "text/csv; charset=utf-8; header=present",
  json: "application/json; charset=utf-8",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  pdf: "application/pdf",
  zip: "application/zip",
} as const;
export type FileFormat = keyof typeof FILE_TYPES;

/** Who asked: HEAD gets no body, and a client that has gone takes no more of it. */
export type Asking = Pick<Request, "method" | "signal">;

/**
 * A file that streams from `chunks` as fast as its reader takes it. The first chunk is made before the answer starts, so
 * that what goes wrong there still gets its status; later failures cut the download short, which clients report.
 * @throws AppError `busy` while two files of the viewer are under way; whatever the first chunk throws.
 * @param asking for HEAD, what goes wrong gets its status too, and no download is put on record.
 * @param fileName ASCII without quotes (lib/exports/file-name.ts).
 * @param isRecorded its chunks put the download on record themselves.
 */
export async function respondFile(
  chunks: AsyncGenerator<string | Uint8Array>,
  format: FileFormat,
  fileName: string,
  ctx: Pick<Ctx, "viewer" | "log" | "now" | "db">,
  asking: Asking,
  isRecorded = false,
): Promise<Response> {
  const end = beginExport(ctx.viewer.id);
  const begun = isRecorded ? undefined : () => recordDownload(ctx, fileName);
  const body = await bodyOf(chunks, asking, ctx.log, end, begun);
  return new Response(body, {
    headers: {
      ...SAFE,
      "content-type": FILE_TYPES[format],
      "content-disposition": `attachment; filename="${fileName}"`,
    },
  });
}

/**
 * JSON that streams: what goes wrong in its first part still gets its status.
 * @throws AppError `busy` while eight answers of the viewer are under way; whatever the first chunk throws.
 */
export async function respondStream(
  chunks: AsyncGenerator<string>,
  { viewer, log }: Pick<Ctx, "viewer" | "log">,
  asking: Asking,
): Promise<Response> {
  const body = await bodyOf(chunks, asking, log, beginStream(viewer.id));
  return new Response(body, { headers: { ...SAFE, "content-type": FILE_TYPES.json } });
}

/**
 * A body that is made as fast as it is taken; null for HEAD. @param end called at least once, however it ends – also where nobody ever reads
 * it: Next.js neither reads nor cancels the body of a client that has gone. @param begun called once the first chunk is there.
 */
async function bodyOf(
  chunks: AsyncGenerator<string | Uint8Array>,
  { method, signal }: Asking,
  log: Log,
  end: () => void,
  begun?: () => Promise<void>,
): Promise<ReadableStream<Uint8Array> | null> {
  const stop = () => {
    end();
    chunks.return(undefined).catch((error) => log.error({ err: error }, "download failed"));
  };
  const isHead = method === "HEAD";
  try {
    const first = await chunks.next();
    if (!isHead) await begun?.();
    if (isHead || signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    return isHead ? null : streamed(chunks, first, log, end);
  } catch (error) {
    end();
    throw error;
  }
}

function streamed(
  chunks: AsyncGenerator<string | Uint8Array>,
  first: IteratorResult<string | Uint8Array>,
  log: Log,
  end: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const held: IteratorResult<string | Uint8Array>[] = [first];
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = held.shift() ?? (await chunks.next());
        if (done) {
          end();
          controller.close();
        } else controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
      } catch (error) {
        end();
        log.error({ err: error }, "download failed");
        controller.error(error);
      }
    },
    async cancel() {
      end();
      await chunks.return(undefined);
    },
  });
}
