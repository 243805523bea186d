import { z } from "zod";
import { defineGet, type Endpoint } from "@/lib/api/endpoint.ts";
import { parseReportRequest } from "@/lib/api/report-request.ts";
import { FORMAT_QUERY, PERIOD_QUERY, periodSchema, rowSchema } from "@/lib/api/schemas.ts";
import { csvChunks } from "@/lib/exports/csv.ts";
import { reportFileName } from "@/lib/exports/file-name.ts";
import { jsonChunks } from "@/lib/exports/json.ts";
import { getReport } from "@/lib/reports/index.ts";
import type { Report } from "@/lib/reports/report.ts";

const columnSchema = z
  .object({
    ...{ key: z.string(), header: z.string(), unit: z.string() },
    decimals: z.number().int().optional().meta({ description: "Of a number; absent: it is a text." }),
    description: z.string().optional(),
  })
  .meta({ id: "Column" });

/** The address of a report: everything about it follows from the report. */
export const reportEndpoint = (report: Report): Endpoint =>
  defineGet({
    path: `/api/v1/reports/${report.slug}`,
    action: report.action ?? "usage.read",
    tag: "reports",
    summary: report.title,
    description: report.description,
    query: {
      ...PERIOD_QUERY,
      ...Object.fromEntries(
        Object.values(report.parameters).map(({ name, help, any }) => [
          name,
          { description: `${help}. Absent: ${any.toLowerCase()}.` },
        ]),
      ),
      ...FORMAT_QUERY,
    },
    json: z.object({
      report: z.literal(report.slug),
      period: periodSchema,
      columns: z.array(columnSchema),
      rows: z.array(rowSchema(report.columns)),
    }),
    files: ["csv"],
    streams: true,
    async answer(ctx, { query }) {
      const { zone, calendar } = ctx.ledger;
      const given = new URLSearchParams(Object.entries(query).filter((e): e is [string, string] => e[1] !== undefined));
      const { format, period, parameters } = parseReportRequest(report, given, calendar, ctx.now());
      const pages = report.load(ctx, period, parameters);
      if (format === "json") return { stream: jsonChunks(report, period, pages) };
      return {
        file: csvChunks(report.columns, pages),
        format,
        name: reportFileName(report, parameters, period, zone, format),
      };
    },
  });

/** A report under the name that earlier platforms have for it. */
const named = (path: string, slug: string): Endpoint => ({ ...reportEndpoint(getReport(slug)), path, tag: "costs" });

export const anomalies = named("/api/v1/anomalies", "anomalies");
