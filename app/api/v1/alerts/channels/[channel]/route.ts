import { serve } from "@/app/api/serve.ts";
import { changeAlertChannel, deleteAlertChannel } from "@/lib/api/endpoints/alert-channels.ts";

export const dynamic = "force-dynamic";

export const PUT = serve(changeAlertChannel);
export const DELETE = serve(deleteAlertChannel);
