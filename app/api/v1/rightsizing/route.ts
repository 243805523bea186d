import { serve } from "@/app/api/serve.ts";
import { rightsizing } from "@/lib/api/endpoints/findings.ts";

export const dynamic = "force-dynamic";

export const GET = serve(rightsizing);
