import { serve } from "@/app/api/serve.ts";
import { withdrawBudgetByApi } from "@/lib/api/endpoints/planned-events.ts";

export const dynamic = "force-dynamic";

export const DELETE = serve(withdrawBudgetByApi);
