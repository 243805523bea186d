import { serve } from "@/app/api/serve.ts";
import { removePlannedEvent } from "@/lib/api/endpoints/planned-events.ts";

export const dynamic = "force-dynamic";

export const DELETE = serve(removePlannedEvent);
