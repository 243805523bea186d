import { serve } from "@/app/api/serve.ts";
import { costsSummary } from "@/lib/api/endpoints/costs.ts";

export const dynamic = "force-dynamic";

export const GET = serve(costsSummary);
