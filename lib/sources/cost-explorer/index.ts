/**
 * AWS Cost Explorer: what was billed by day, tag and instance type. Each request costs 0.01 USD, each page is a request, and so is each try:
 * the library tries once, and every try is counted before it is sent. The library is loaded with the first call.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type {
  CostExplorerClient,
  GetCostAndUsageCommandInput,
  GetCostAndUsageCommandOutput,
} from "@aws-sdk/client-cost-explorer";
import { AppError } from "@/lib/errors.ts";
import { type ExplorerRow, merge } from "./reshape.ts";

export type { ExplorerRow } from "./reshape.ts";

export interface ExplorerSettings {
  /** Undefined: that of AWS. */
  readonly endpoint: string | undefined;
  readonly region: string;
  /** The cost allocation tag that names teams. */
  readonly tag: string;
  /** After discounts that AWS agreed to: NetUnblendedCost and NetAmortizedCost. */
  readonly net: boolean;
  readonly timeoutMs: number;
  /** Milliseconds before the second try; then twice as long. */
  readonly retryWaitMs: number;
}

const MOST_TRIES = 3;
/** Pages of a month: far more than a bill of many teams has. */
const MOST_PAGES = 200;
const LATER = new Set([
  "ThrottlingException",
  "LimitExceededException",
  "TooManyRequestsException",
  "RequestLimitExceeded",
]);

/**
 * Daily amounts, all pages. @param count called before each request, which it may refuse by throwing.
 * @param days `until` is the first that is not asked for. @throws AppError `source_unavailable` that says what to do, and what `count` throws.
 */
export async function readCostExplorer(
  settings: ExplorerSettings,
  days: { readonly from: string; readonly until: string },
  count: () => Promise<void>,
): Promise<ExplorerRow[]> {
  const { CostExplorerClient: Client } = await import("@aws-sdk/client-cost-explorer");
  const client = new Client({
    ...{ region: settings.region, maxAttempts: 1 },
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    requestHandler: { requestTimeout: settings.timeoutMs, throwOnRequestTimeout: true },
  });
  const [billed, effective] = settings.net
    ? (["NetUnblendedCost", "NetAmortizedCost"] as const)
    : (["UnblendedCost", "AmortizedCost"] as const);
  const input: GetCostAndUsageCommandInput = {
    TimePeriod: { Start: days.from, End: days.until },
    Granularity: "DAILY",
    Metrics: [billed, effective, "UsageQuantity"],
    GroupBy: [
      { Type: "TAG", Key: settings.tag },
      { Type: "DIMENSION", Key: "INSTANCE_TYPE" },
    ],
  };
  const pages: GetCostAndUsageCommandOutput[] = [];
  try {
    let token: string | undefined;
    do {
      if (pages.length === MOST_PAGES)
        throw new AppError("source_unavailable", `AWS Cost Explorer has more than ${MOST_PAGES} pages of a month.`);
      const page = await ask(
        client,
        { ...input, ...(token === undefined ? {} : { NextPageToken: token }) },
        settings,
        count,
      );
      pages.push(page);
      token = page.NextPageToken || undefined;
    } while (token !== undefined);
  } finally {
    client.destroy();
  }
  return merge(pages, billed, effective);
}

async function ask(
  client: CostExplorerClient,
  input: GetCostAndUsageCommandInput,
  { retryWaitMs }: ExplorerSettings,
  count: () => Promise<void>,
): Promise<GetCostAndUsageCommandOutput> {
  const { GetCostAndUsageCommand } = await import("@aws-sdk/client-cost-explorer");
  for (let tries = 1; ; tries++) {
    await count();
    try {
      return await client.send(new GetCostAndUsageCommand(input));
    } catch (error) {
      if (tries >= MOST_TRIES || !isForLater(error)) throw refusal(error);
      await sleep(retryWaitMs * 2 ** (tries - 1) * (1 + Math.random() / 5));
    }
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");
const statusOf = (error: unknown): number =>
  (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode ?? 0;

const isForLater = (error: unknown): boolean => LATER.has(nameOf(error)) || statusOf(error) >= 500;

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/^AccessDenied/, "the account needs the permission ce:GetCostAndUsage."],
  [
    /^(?:UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|ExpiredToken|IncompleteSignature)/,
    "check the credentials of AWS, and this machine's clock.",
  ],
  [
    /^CredentialsProvider/,
    "no credentials of AWS were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role of the machine.",
  ],
  [/^DataUnavailable/, "it has no data of this time yet; it is asked again later."],
  [/^BillExpiration/, "it no longer has this month: import an export of the bill instead."],
  [/^(?:Throttling|LimitExceeded|TooManyRequests)/, "it takes no more requests now; it is asked again later."],
];

function refusal(error: unknown): AppError {
  const name = nameOf(error);
  const advice =
    ADVICE.find(([pattern]) => pattern.test(name))?.[1] ??
    "it did not answer as documented; its own words are not kept, for they may hold credentials.";
  return new AppError("source_unavailable", `AWS Cost Explorer (${name || "no answer"}): ${advice}`);
}
