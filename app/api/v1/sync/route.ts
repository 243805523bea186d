import { serve } from "@/app/api/serve.ts";
import { sync } from "@/lib/api/endpoints/ledger.ts";

export const dynamic = "force-dynamic";

export const GET = serve(sync);
