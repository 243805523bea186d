import { serve } from "@/app/api/serve.ts";
import { addAlertChannel, alertChannels } from "@/lib/api/endpoints/alert-channels.ts";

export const dynamic = "force-dynamic";

export const GET = serve(alertChannels);
export const POST = serve(addAlertChannel);
