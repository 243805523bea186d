import { type Call, type Listener, listen, type Reply } from "./http.ts";

/** What was billed on a day for a value of the tag and an instance type. */
export interface ExplorerGroup {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly tag: string;
  readonly instanceType: string;
  readonly unblended: string;
  readonly amortised: string;
  readonly quantity: string;
  /** Such as `Hrs`; `N/A` where units differ. */
  readonly unit: string;
}

export interface ExplorerOptions {
  readonly groups: () => readonly ExplorerGroup[];
  /** The tag that is activated: another one groups nothing. */
  readonly tag: string;
  /** Days from this one on may still change. */
  readonly estimatedFrom: string;
  /** Groups on a page. */
  readonly pageSize?: number;
  /** An error for the next request, by its name; null: none. */
  readonly fault?: () =>
    | "ThrottlingException"
    | "AccessDeniedException"
    | "DataUnavailableException"
    | "500"
    | "twice"
    | null;
}

export interface Explorer extends Listener {
  /** Requests that AWS would bill: those that are signed and well formed. */
  readonly billed: () => number;
}

const TYPE = "application/x-amz-json-1.1";
const METRICS = new Set([
  ...["UnblendedCost", "BlendedCost", "AmortizedCost", "NetAmortizedCost", "NetUnblendedCost", "UsageQuantity"],
  "NormalizedUsageAmount",
]);
const refuse = (name: string, message: string, status = 400): Reply => ({
  ...{ status, type: TYPE, headers: { "x-amzn-errortype": name } },
  body: JSON.stringify({ __type: name, message }),
});

interface Asked {
  readonly TimePeriod?: { readonly Start?: string; readonly End?: string };
  readonly Granularity?: string;
  readonly Metrics?: readonly string[];
  readonly GroupBy?: readonly { readonly Type?: string; readonly Key?: string }[];
  readonly NextPageToken?: string;
}

/** AWS Cost Explorer's GetCostAndUsage on port 0: refuses what AWS refuses, pages, and counts what it would bill. */
export async function startCostExplorer(options: ExplorerOptions): Promise<Explorer> {
  let billed = 0;
  const listener = await listen(
    (call) => {
      const wrong = refusalOf(call);
      if (wrong) return wrong;
      billed++;
      const fault = options.fault?.() ?? null;
      if (fault === "500") return refuse("InternalFailure", "try again", 500);
      if (fault !== null && fault !== "twice") return refuse(fault, "as the test asks");
      return answer(JSON.parse(call.body) as Asked, options, fault === "twice");
    },
    async (_, reply) => reply,
  );
  return { ...listener, billed: () => billed };
}

function refusalOf({ method, path, headers, body }: Call): Reply | null {
  if (method !== "POST" || path !== "/") return refuse("UnknownOperationException", "", 404);
  if (headers["content-type"] !== TYPE) return refuse("SerializationException", "content type");
  if (headers["x-amz-target"] !== "AWSInsightsIndexService.GetCostAndUsage")
    return refuse("UnknownOperationException", "");
  const signed =
    /^AWS4-HMAC-SHA256 Credential=\w+\/\d{8}\/us-east-1\/ce\/aws4_request, SignedHeaders=([\w;-]+), Signature=[0-9a-f]{64}$/;
  const names = signed.exec(headers.authorization ?? "")?.[1]?.split(";") ?? [];
  if (!["host", "x-amz-date", "x-amz-target"].every((name) => names.includes(name)))
    return refuse("IncompleteSignatureException", "the request is not signed", 403);
  const asked = JSON.parse(body) as Asked;
  const { Start: start = "", End: end = "" } = asked.TimePeriod ?? {};
  if (!/^\d{4}-\d\d-\d\d$/.test(start) || !/^\d{4}-\d\d-\d\d$/.test(end) || start >= end)
    return refuse("ValidationException", "Start date should be before end date");
  if (asked.Granularity !== "DAILY") return refuse("ValidationException", "Granularity");
  if (!asked.Metrics?.length || asked.Metrics.some((name) => !METRICS.has(name)))
    return refuse("ValidationException", "Metrics");
  if ((asked.GroupBy ?? []).length > 2) return refuse("ValidationException", "at most two groups");
  return null;
}

function answer(asked: Asked, options: ExplorerOptions, twice: boolean): Reply {
  const { Start: start = "", End: end = "" } = asked.TimePeriod ?? {};
  const [by] = asked.GroupBy ?? [];
  const groups = options.groups().filter((g) => g.date >= start && g.date < end && by?.Key === options.tag);
  const from = asked.NextPageToken ? Number(asked.NextPageToken.slice(5)) : 0;
  if (Number.isNaN(from)) return refuse("InvalidNextTokenException", "");
  const size = options.pageSize ?? 2;
  const page = groups.slice(twice ? 0 : from, (twice ? 0 : from) + size);
  const results = [...Map.groupBy(page, (g) => g.date)].map(([date, list]) => ({
    TimePeriod: { Start: date, End: new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10) },
    ...{ Total: {}, Estimated: date >= options.estimatedFrom },
    Groups: list.map((g) => ({
      Keys: [`${options.tag}$${g.tag}`, g.instanceType],
      Metrics: metricsOf(g, asked.Metrics ?? []),
    })),
  }));
  const more = from + size < groups.length ? { NextPageToken: `page-${from + size}` } : {};
  return {
    ...{ status: 200, type: TYPE },
    body: JSON.stringify({
      GroupDefinitions: asked.GroupBy,
      ResultsByTime: results,
      DimensionValueAttributes: [],
      ...more,
    }),
  };
}

const metricsOf = (group: ExplorerGroup, names: readonly string[]) =>
  Object.fromEntries(
    names.map((name) => [
      name,
      name === "UsageQuantity"
        ? { Amount: group.quantity, Unit: group.unit }
        : { Amount: /Amortized/.test(name) ? group.amortised : group.unblended, Unit: "USD" },
    ]),
  );
