import { needApiCaller, processLog } from "@/app/ctx.ts";
import { respondError } from "@/lib/api/respond.ts";
import { AppError } from "@/lib/errors.ts";

export const dynamic = "force-dynamic";

/** Any other address of the API, by any method: programs are answered in the shape of every error, not with a page. */
export async function GET(request: Request): Promise<Response> {
  try {
    await needApiCaller(request);
    throw new AppError("not_found", "The API has no such address. GET /api/v1/openapi.json lists them all.");
  } catch (error) {
    return respondError(error, processLog());
  }
}

export const [POST, PUT, PATCH, DELETE, OPTIONS] = [GET, GET, GET, GET, GET];
