import { serve } from "@/app/api/serve.ts";
import { gpuUtilization } from "@/lib/api/endpoints/usage.ts";

export const dynamic = "force-dynamic";

export const GET = serve(gpuUtilization);
