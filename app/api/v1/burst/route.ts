import { serve } from "@/app/api/serve.ts";
import { burst, burstSwitch } from "@/lib/api/endpoints/burst.ts";

export const dynamic = "force-dynamic";

export const GET = serve(burst);
export const POST = serve(burstSwitch);
