import { serve } from "@/app/api/serve.ts";
import { changeAlertRule, deleteAlertRule } from "@/lib/api/endpoints/alerts.ts";

export const dynamic = "force-dynamic";

export const PUT = serve(changeAlertRule);
export const DELETE = serve(deleteAlertRule);
