import { openStore } from "@/app/ctx.ts";
import { touchLedger } from "@/db/touch.ts";

export const dynamic = "force-dynamic";

/** The process can serve figures: the database is open and answers. */
export async function GET(): Promise<Response> {
  try {
    await touchLedger(await openStore());
    return Response.json({ status: "ready" }, { headers: { "cache-control": "no-store" } });
  } catch {
    return Response.json({ status: "unavailable" }, { status: 503, headers: { "cache-control": "no-store" } });
  }
}
