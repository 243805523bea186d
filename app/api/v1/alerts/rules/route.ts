import { serve } from "@/app/api/serve.ts";
import { addAlertRule, alertRules } from "@/lib/api/endpoints/alerts.ts";

export const dynamic = "force-dynamic";

export const GET = serve(alertRules);
export const POST = serve(addAlertRule);
