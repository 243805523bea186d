import { getApiCtx } from "@/app/ctx.ts";
import { receiveAlerts } from "@/lib/alerts/index.ts";
import { listVisibleEvents } from "@/lib/alerts/list.ts";
import { parseFormat } from "@/lib/api/report-request.ts";
import { respondError, respondFile, respondJson } from "@/lib/api/respond.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { EVENT_COLUMNS, eventRow } from "@/lib/exports/alert-rows.ts";
import { csvChunks } from "@/lib/exports/csv.ts";
import { formatInstant } from "@/lib/time.ts";

const MOST = 500;
/** Bytes of a webhook. */
const MOST_BYTES = 4 * 1024 * 1024;
const when = (at: number | null) => (at === null ? null : formatInstant(at));

/** Alert events that the viewer may read, those that hold first, then the newest, as JSON, or as CSV with `format=csv`. */
export async function GET(request: Request): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "alerts.read");
    const format = parseFormat(new URL(request.url).searchParams.get("format") ?? "json");
    const events = await listVisibleEvents(ctx, MOST);
    if (format === "csv") {
      async function* page() {
        yield events.map(eventRow);
      }
      return await respondFile(csvChunks(EVENT_COLUMNS, page()), "csv", "alerts.csv", ctx);
    }
    return respondJson({
      alerts: events.map((event) => ({
        ...{ id: event.id, rule: event.ruleKey, subject: event.subject, team: event.teamKey || null },
        ...{ state: event.state, severity: event.severity, title: event.title, summary: event.detail.summary },
        facts: Object.fromEntries(event.detail.facts.map((fact) => [fact.label, fact.value])),
        ...{ started_at: when(event.startedAt), resolved_at: when(event.resolvedAt) },
        ...{ acknowledged_at: when(event.acknowledgedAt), acknowledged_by: event.acknowledgedBy || null },
      })),
    });
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}

/** The webhook of an Alertmanager. It repeats what is answered by 5xx alone, so nothing here answers 429. */
export async function POST(request: Request): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "alerts.receive");
    return respondJson({ changed: await receiveAlerts(ctx, await bodyOf(request)) });
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}

async function bodyOf(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text.length > MOST_BYTES) throw new AppError("invalid", "The body is larger than 4 MiB.");
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError("invalid", "The body is not JSON.", { cause: error });
  }
}
