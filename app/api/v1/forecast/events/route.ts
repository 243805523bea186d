import { serve } from "@/app/api/serve.ts";
import { addPlannedEvent, plannedEvents } from "@/lib/api/endpoints/planned-events.ts";

export const dynamic = "force-dynamic";

export const GET = serve(plannedEvents);
export const POST = serve(addPlannedEvent);
