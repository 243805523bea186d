import { serve } from "@/app/api/serve.ts";
import { changeException, exceptions } from "@/lib/api/endpoints/exceptions.ts";

export const dynamic = "force-dynamic";

export const GET = serve(exceptions);
export const POST = serve(changeException);
