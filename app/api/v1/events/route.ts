import { serve } from "@/app/api/serve.ts";
import { sendUsageEvents, usageEvents } from "@/lib/api/endpoints/usage-events.ts";

export const dynamic = "force-dynamic";

export const GET = serve(usageEvents);
export const POST = serve(sendUsageEvents);
