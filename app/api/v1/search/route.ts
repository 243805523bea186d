import { serve } from "@/app/api/serve.ts";
import { search } from "@/lib/api/endpoints/ledger.ts";

export const dynamic = "force-dynamic";

export const GET = serve(search);
