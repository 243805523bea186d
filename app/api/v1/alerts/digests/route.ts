import { serve } from "@/app/api/serve.ts";
import { alertDigests, setAlertDigest } from "@/lib/api/endpoints/alert-digests.ts";

export const dynamic = "force-dynamic";

export const GET = serve(alertDigests);
export const PUT = serve(setAlertDigest);
