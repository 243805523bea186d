import { getScrapeCtx, processLog } from "@/app/ctx.ts";
import { respondError } from "@/lib/api/respond.ts";
import { env } from "@/lib/env.ts";
import { CONTENT_TYPES, expositionOf } from "@/lib/metrics/exposition.ts";
import { scrape } from "@/lib/metrics/scrape.ts";

export const dynamic = "force-dynamic";

/** Figures for Prometheus, in its text format or OpenMetrics. */
export async function GET(request: Request): Promise<Response> {
  try {
    const ctx = await getScrapeCtx(request);
    const { METRICS_SERIES_LIMIT: limit, METRICS_ALIASES: aliases } = env();
    const format = expositionOf(request.headers.get("accept"));
    return new Response(await scrape(ctx, { limit, aliases, format }), {
      headers: {
        "content-type": CONTENT_TYPES[format],
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      },
    });
  } catch (error) {
    return respondError(error, processLog());
  }
}
