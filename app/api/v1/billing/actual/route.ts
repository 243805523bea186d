import { serve } from "@/app/api/serve.ts";
import { billingActual } from "@/lib/api/endpoints/bills.ts";

export const dynamic = "force-dynamic";

export const GET = serve(billingActual);
