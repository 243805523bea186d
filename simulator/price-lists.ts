import { type Call, json, type Listener, listen, type Reply, text } from "./http.ts";

/** What published price lists answer, on port 0: each refuses what the real one refuses. */
export interface PriceListOptions {
  /** The key that Google and Infracost take. */
  readonly key: string;
  /** What to spoil: a page that leads elsewhere, a failure in an answer of 200, two prices of one machine. */
  readonly fault?: () => "elsewhere" | "errors" | "two-prices" | null;
}

const SKYPILOT: Readonly<Record<string, string>> = {
  aws: `InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region,AvailabilityZone
p5.48xlarge,H100,8.0,192.0,2048.0,"{'Gpus': [{'Name': 'H100'}]}",98.32,29.5,us-east-1,use1-az1
m5.large,,,2.0,8.0,,0.096,,us-east-1,use1-az1`,
  azure: `InstanceType,vCPUs,MemoryGiB,AcceleratorName,AcceleratorCount,GpuInfo,Price,SpotPrice,Region
Standard_ND96isr_H100_v5,96.0,1900.0,H100,8.0,,98.32,,eastus`,
  gcp: `InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Region,Price,SpotPrice,AvailabilityZone
,A100,1.0,,,,us-central1,2.93391,1.1736,us-central1-a
a2-highgpu-1g,,,12.0,85.0,,us-central1,0.73948,0.29576,us-central1-a`,
  lambda: `InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,Price,Region,GpuInfo,SpotPrice
gpu_8x_h100_sxm5,H100,8.0,208.0,1800.0,23.92,us-east-1,,`,
  oci: `InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,Price,Region,GpuInfo,SpotPrice
BM.GPU.H100.8,H100,8.0,112.0,2048.0,80.0,us-sanjose-1,,`,
};

const azureItem = (productName: string, skuName: string, retailPrice: number) => ({
  ...{
    currencyCode: "USD",
    retailPrice,
    armRegionName: "eastus",
    serviceName: "Virtual Machines",
    unitOfMeasure: "1 Hour",
  },
  ...{ armSkuName: "Standard_ND96isr_H100_v5", productName, skuName, type: "Consumption" },
});
const AZURE = [
  azureItem("Virtual Machines NDsr H100 v5 Series Windows", "ND96isr H100 v5", 120),
  azureItem("Virtual Machines NDsr H100 v5 Series", "ND96isr H100 v5", 98.32),
  azureItem("Virtual Machines NDsr H100 v5 Series", "ND96isr H100 v5 Low Priority", 19),
  azureItem("Virtual Machines NDsr H100 v5 Series", "ND96isr H100 v5 Spot", 40.5),
  { ...azureItem("Virtual Machines NDsr H100 v5 Series", "ND96isr H100 v5", 40_000), unitOfMeasure: "1/Month" },
  { ...azureItem("Virtual Machines NC New Series", "NC1 New", 1), armSkuName: "Standard_NC1_New_v9" },
];

const sku = (description: string, usageType: string, units: string, nanos: number, usageUnit = "h") => ({
  ...{ skuId: description, description, serviceRegions: ["us-central1"] },
  category: { serviceDisplayName: "Compute Engine", resourceFamily: "Compute", resourceGroup: "GPU", usageType },
  pricingInfo: [
    {
      effectiveTime: "2026-11-01T00:00:00Z",
      pricingExpression: {
        usageUnit,
        tieredRates: [{ startUsageAmount: 0, unitPrice: { currencyCode: "USD", units, nanos } }],
      },
    },
  ],
});
const GOOGLE = [
  sku("A2 Instance Core running in Americas", "OnDemand", "0", 31_611_000),
  sku("A2 Instance Ram running in Americas", "OnDemand", "0", 4_237_000, "GiBy.h"),
  sku("Nvidia Tesla A100 GPU running in Americas", "OnDemand", "2", 933_908_000),
  sku("Spot Preemptible Nvidia Tesla A100 GPU running in Americas", "Preemptible", "1", 173_600_000),
  sku("Nvidia Tesla A100 GPU attached for 1 year", "Commit1Yr", "1", 0),
  sku("Nvidia Tesla A100 80GB GPU running in Americas", "OnDemand", "3", 928_080_000),
];

const product = (instanceType: string, gpu: string, usd: string, unit = "Hrs") =>
  JSON.stringify({
    product: {
      sku: instanceType,
      productFamily: "Compute Instance",
      attributes: { instanceType, regionCode: "us-east-1", gpu },
    },
    terms: { OnDemand: { "a.b": { priceDimensions: { "a.b.c": { unit, pricePerUnit: { USD: usd } } } } } },
  });
const AWS = [
  product("p5.48xlarge", "8", "98.3200000000"),
  product("p5.48xlarge", "8", "0.0000000000"),
  product("p99.large", "1", "5"),
];

export function startPriceLists(options: PriceListOptions): Promise<Listener> {
  return listen(
    (call) => answer(call, options),
    async (_, reply) => reply,
  );
}

function answer(call: Call, options: PriceListOptions): Reply {
  const fault = options.fault?.() ?? null;
  const file = /^\/catalogs\/v8\/(\w+)\/vms\.csv$/.exec(call.path)?.[1];
  if (file) return SKYPILOT[file] ? text(SKYPILOT[file] as string) : text("404: Not Found", 404);
  if (call.path === "/azure") return azurePage(call, fault);
  if (call.path.startsWith("/v1/services/")) return googlePage(call, options);
  if (call.path === "/graphql") return infracost(call, options, fault);
  if (call.path === "/") return call.headers["x-amz-target"] ? priceList(call) : spotHistory(call);
  return text("not found", 404);
}

/** Values of a filter are case-sensitive: another spelling finds nothing. Two items a page. */
function azurePage(call: Call, fault: string | null): Reply {
  const filter = call.query.get("$filter") ?? "";
  if (filter === "") return text("Bad Request", 400);
  const found =
    filter.includes("serviceName eq 'Virtual Machines'") && filter.includes("armRegionName eq 'eastus'") ? AZURE : [];
  const skip = Number(call.query.get("$skip") ?? 0);
  const query = new URLSearchParams(call.query);
  query.set("$skip", String(skip + 2));
  const host = fault === "elsewhere" ? "prices.elsewhere.example" : call.headers.host;
  const next = skip + 2 < found.length ? `http://${host}/azure?${query}` : null;
  const Items = found.slice(skip, skip + 2);
  return json({ BillingCurrency: "USD", CustomerEntityId: "Default", Items, NextPageLink: next, Count: Items.length });
}

function googlePage(call: Call, { key }: PriceListOptions): Reply {
  const given = call.headers["x-goog-api-key"] ?? call.query.get("key");
  if (given !== key)
    return json(
      { error: { code: 403, message: "The request is missing a valid API key.", status: "PERMISSION_DENIED" } },
      403,
    );
  if (call.path !== "/v1/services/6F81-5844-456A/skus")
    return json({ error: { code: 404, message: "unknown service" } }, 404);
  const at = Number(call.query.get("pageToken") || 0);
  return json({ skus: GOOGLE.slice(at, at + 3), nextPageToken: at + 3 < GOOGLE.length ? String(at + 3) : "" });
}

function infracost(call: Call, { key }: PriceListOptions, fault: string | null): Reply {
  if (call.headers["x-api-key"] !== key) return json({ error: "Invalid API key" }, 403);
  if (fault === "errors") return json({ errors: [{ message: "quota exceeded" }] });
  const asked = JSON.parse(call.body) as {
    variables: { filter: { attributeFilters: { key: string; value: string }[] } };
  };
  const wanted = asked.variables.filter.attributeFilters.find((f) => f.key === "instanceType")?.value;
  const price = (USD: string) => ({ purchaseOption: "on_demand", unit: "Hours", USD });
  const prices = [price("98.3200000000"), ...(fault === "two-prices" ? [price("99")] : [])];
  return json({ data: { products: wanted === "p5.48xlarge" ? [{ prices }] : [] } });
}

const isSigned = (call: Call, service: string): boolean =>
  new RegExp(`^AWS4-HMAC-SHA256 Credential=\\w+/\\d{8}/us-east-1/${service}/aws4_request, SignedHeaders=`).test(
    call.headers.authorization ?? "",
  );

function priceList(call: Call): Reply {
  const type = "application/x-amz-json-1.1";
  if (!isSigned(call, "pricing"))
    return { status: 403, type, body: JSON.stringify({ __type: "IncompleteSignatureException" }) };
  const asked = JSON.parse(call.body) as {
    ServiceCode?: string;
    Filters?: { Field: string; Value: string }[];
    NextToken?: string;
  };
  const has = (field: string, value: string) =>
    asked.Filters?.some((f) => f.Field === field && f.Value === value) ?? false;
  // Without these filters, several prices match: the real list answers all of them.
  const one =
    has("capacitystatus", "Used") &&
    has("tenancy", "Shared") &&
    has("preInstalledSw", "NA") &&
    has("regionCode", "us-east-1");
  const list = one ? AWS : [...AWS, product("p5.48xlarge", "8", "111")];
  const at = Number(asked.NextToken ?? 0);
  const more = at + 2 < list.length ? { NextToken: String(at + 2) } : {};
  return {
    status: 200,
    type,
    body: JSON.stringify({ FormatVersion: "aws_v1", PriceList: list.slice(at, at + 2), ...more }),
  };
}

/** The last change before the start is listed, too; an empty token ends the list. */
function spotHistory(call: Call): Reply {
  if (!isSigned(call, "ec2"))
    return text("<Response><Errors><Error><Code>AuthFailure</Code></Error></Errors></Response>", 401, "text/xml");
  const form = new URLSearchParams(call.body);
  if (form.get("Action") !== "DescribeSpotPriceHistory") return text("<Response/>", 400, "text/xml");
  const item = (zone: string, price: string, at: string) =>
    `<item><instanceType>p5.48xlarge</instanceType><productDescription>Linux/UNIX</productDescription><spotPrice>${price}</spotPrice><timestamp>${at}</timestamp><availabilityZone>${zone}</availabilityZone></item>`;
  const items = [
    item("us-east-1a", "30.1", "2026-11-09T01:00:00.000Z"),
    item("us-east-1a", "31.5", "2026-11-10T01:00:00.000Z"),
    item("us-east-1b", "29.9", "2026-11-01T01:00:00.000Z"),
  ];
  return text(
    `<?xml version="1.0" encoding="UTF-8"?><DescribeSpotPriceHistoryResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><spotPriceHistorySet>${items.join("")}</spotPriceHistorySet><nextToken></nextToken></DescribeSpotPriceHistoryResponse>`,
    200,
    "text/xml;charset=UTF-8",
  );
}
