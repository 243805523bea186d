import { serve } from "@/app/api/serve.ts";
import { alerts, receiveAlert } from "@/lib/api/endpoints/budgets.ts";

export const dynamic = "force-dynamic";

export const GET = serve(alerts);
export const POST = serve(receiveAlert);
