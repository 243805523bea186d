import { serve } from "@/app/api/serve.ts";
import { billingOpencost } from "@/lib/api/endpoints/opencost.ts";

export const dynamic = "force-dynamic";

export const GET = serve(billingOpencost);
