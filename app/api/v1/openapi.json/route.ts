import { serve } from "@/app/api/serve.ts";
import { openapiEndpoint } from "@/lib/api/openapi.ts";

export const dynamic = "force-dynamic";

export const GET = serve(openapiEndpoint);
