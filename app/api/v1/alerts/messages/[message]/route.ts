import { serve } from "@/app/api/serve.ts";
import { sendMessageAgain } from "@/lib/api/endpoints/alerts.ts";

export const dynamic = "force-dynamic";

export const POST = serve(sendMessageAgain);
