import { serve } from "@/app/api/serve.ts";
import { sendUsageEventsToV3 } from "@/lib/api/endpoints/usage-events.ts";

export const dynamic = "force-dynamic";

export const POST = serve(sendUsageEventsToV3);
