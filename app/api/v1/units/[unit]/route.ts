import { serve } from "@/app/api/serve.ts";
import { recordUnitCounts, unit } from "@/lib/api/endpoints/units.ts";

export const dynamic = "force-dynamic";

export const GET = serve(unit);
export const POST = serve(recordUnitCounts);
