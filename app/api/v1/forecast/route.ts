import { serve } from "@/app/api/serve.ts";
import { forecast } from "@/lib/api/endpoints/budgets.ts";

export const dynamic = "force-dynamic";

export const GET = serve(forecast);
