import { serve } from "@/app/api/serve.ts";
import { connections } from "@/lib/api/endpoints/connections.ts";

export const dynamic = "force-dynamic";

export const GET = serve(connections);
