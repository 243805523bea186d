import { openStore } from "@/app/ctx.ts";
import { sql } from "@/db/client.ts";

export const dynamic = "force-dynamic";

/** The process can serve figures: the database is open and answers. */
export async function GET(): Promise<Response> {
  try {
    await (await openStore()).find(sql`select 1 as "one"`);
    return Response.json({ status: "ready" }, { headers: { "cache-control": "no-store" } });
  } catch {
    return Response.json({ status: "unavailable" }, { status: 503, headers: { "cache-control": "no-store" } });
  }
}
