import { serve } from "@/app/api/serve.ts";
import { alertMessages } from "@/lib/api/endpoints/alerts.ts";

export const dynamic = "force-dynamic";

export const GET = serve(alertMessages);
