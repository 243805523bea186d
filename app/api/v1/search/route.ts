import { getCtx } from "@/app/ctx";
import { searchEverything } from "@/lib/reports/pages/search";

export const dynamic = "force-dynamic";

export async function GET(request: Request): Promise<Response> {
  const text = new URL(request.url).searchParams.get("q") ?? "";
  const results = text.trim().length > 1 ? await searchEverything(await getCtx(), text) : [];
  return Response.json({ results }, { headers: { "cache-control": "no-store" } });
}
