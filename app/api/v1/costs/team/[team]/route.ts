import { serve } from "@/app/api/serve.ts";
import { costsTeam } from "@/lib/api/endpoints/costs.ts";

export const dynamic = "force-dynamic";

export const GET = serve(costsTeam);
