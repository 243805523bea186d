import { serveFound } from "@/app/api/serve.ts";
import { reportEndpoint } from "@/lib/api/endpoints/reports.ts";
import { getReport } from "@/lib/reports/index.ts";

export const dynamic = "force-dynamic";

export const GET = serveFound("usage.read", ({ report = "" }) => reportEndpoint(getReport(report)));
