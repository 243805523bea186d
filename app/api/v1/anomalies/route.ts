import { serve } from "@/app/api/serve.ts";
import { anomalies } from "@/lib/api/endpoints/reports.ts";

export const dynamic = "force-dynamic";

export const GET = serve(anomalies);
