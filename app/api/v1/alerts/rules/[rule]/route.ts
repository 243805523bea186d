import { serve } from "@/app/api/serve.ts";
import { changeAlertRule } from "@/lib/api/endpoints/alerts.ts";

export const dynamic = "force-dynamic";

export const PUT = serve(changeAlertRule);
