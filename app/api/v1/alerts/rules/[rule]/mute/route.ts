import { serve } from "@/app/api/serve.ts";
import { muteAlertRule } from "@/lib/api/endpoints/alert-answers.ts";

export const dynamic = "force-dynamic";

export const POST = serve(muteAlertRule);
