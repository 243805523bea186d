import { serve } from "@/app/api/serve.ts";
import { periods } from "@/lib/api/endpoints/chargeback.ts";

export const dynamic = "force-dynamic";

export const GET = serve(periods);
