import { serve } from "@/app/api/serve.ts";
import { acknowledgeAlert } from "@/lib/api/endpoints/alert-answers.ts";

export const dynamic = "force-dynamic";

export const POST = serve(acknowledgeAlert);
