import { serve } from "@/app/api/serve.ts";
import { prices } from "@/lib/api/endpoints/ledger.ts";

export const dynamic = "force-dynamic";

export const GET = serve(prices);
