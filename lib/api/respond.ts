import type { Ctx } from "@/lib/ctx.ts";
import { AppError, type ErrorCode } from "@/lib/errors.ts";
import type { Log } from "@/lib/log.ts";
import { recordDownload } from "./download-record.ts";
import { beginExport, beginStream } from "./export-turns.ts";

/** The one table from what went wrong to what HTTP says. */
export const STATUS: Readonly<Record<ErrorCode, number>> = {
  invalid: 400,
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
export function respondError(error: unknown, log?: Log): Response {
  const known = error instanceof AppError && error.code !== "internal" ? error : null;
  if (!known) log?.error({ err: error }, "request failed");
  const code: ErrorCode = known?.code ?? "internal";
  const message = known?.message ?? "Something went wrong on our side. The log of the server says what.";
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

/**
 * A file that streams from `chunks` as fast as its reader takes it. The first chunk is made before the answer starts, so
 * that what goes wrong there still gets its status; later failures cut the download short, which clients report.
 * @throws AppError `busy` while two files of the viewer are under way; whatever the first chunk throws.
 * @param fileName ASCII without quotes (lib/exports/file-name.ts).
 * @param isRecorded its chunks put the download on record themselves.
 */
export async function respondFile(
  chunks: AsyncGenerator<string | Uint8Array>,
  format: FileFormat,
  fileName: string,
  ctx: Pick<Ctx, "viewer" | "log" | "now" | "db">,
  isRecorded = false,
): Promise<Response> {
  const { viewer, log } = ctx;
  const end = beginExport(viewer.id);
  const body = await streamed(chunks, log, end, isRecorded ? undefined : () => recordDownload(ctx, fileName));
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
): Promise<Response> {
  const body = await streamed(chunks, log, beginStream(viewer.id));
  return new Response(body, { headers: { ...SAFE, "content-type": FILE_TYPES.json } });
}

/** A body that is made as fast as it is taken. @param begun called once the first chunk is there; @param end once, however it ends. */
async function streamed(
  chunks: AsyncGenerator<string | Uint8Array>,
  log: Log,
  end: () => void,
  begun?: () => Promise<void>,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  const first = await chunks
    .next()
    .then(async (chunk) => {
      await begun?.();
      return chunk;
    })
    .catch((error) => {
      end();
      throw error;
    });
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
