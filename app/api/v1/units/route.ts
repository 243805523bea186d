import { serve } from "@/app/api/serve.ts";
import { units } from "@/lib/api/endpoints/units.ts";

export const dynamic = "force-dynamic";

export const GET = serve(units);
