import { AppError, errorText } from "@/lib/errors.ts";
import { excerpt, HttpError } from "@/lib/http.ts";
import { type Envelope, envelopeSchema } from "./wire.ts";

/** A query that failed. `narrower`: the same query over a shorter range may succeed. */
export class PrometheusError extends AppError {
  readonly errorType: string;
  readonly status: number;
  readonly narrower: boolean;
  constructor(errorType: string, status: number, narrower: boolean, message: string, options?: ErrorOptions) {
    super("source_unavailable", message, options);
    this.name = "PrometheusError";
    this.errorType = errorType;
    this.status = status;
    this.narrower = narrower;
  }
}

const TOO_MUCH =
  /too many (samples|points|series|chunks)|maximum resolution|maxPointsPerTimeseries|max-query-length|max-estimated|max-fetched|limit .*(chunks|bytes|samples|series)|(series|samples|chunks|points) exceeds?\b|exceed(s|ed)? .*(series|samples|chunks|bytes|points|limit)|more than \d+ (time ?)?series|max(imum)? number of (series|samples|chunks)|maxUniqueTimeseries|maxSamplesPer|maxSeries|narrow down|shrink the time range|cannot select more than|timed? ?out/i;

/** The meaning of an error answer, in plain words. `url` is the requested address. */
export function refused(url: string, status: number, envelope: Envelope): PrometheusError {
  const said = excerpt(envelope.error ?? "(no reason given)");
  const type = envelope.errorType ?? String(status);
  const narrower = type === "timeout" || TOO_MUCH.test(said);
  return new PrometheusError(type, status, narrower, `${url} ${explain(type, status, narrower)}: ${said}`);
}

function explain(type: string, status: number, narrower: boolean): string {
  if (type === "timeout") return "took too long to evaluate the query";
  if (narrower) return "refuses so large a query";
  if (type === "bad_data" || status === 400) return "does not understand the query";
  if (type === "execution" || status === 422) return "could not evaluate the query";
  if (type === "canceled" || status === 499) return "had the query cancelled";
  if (type === "not_found" || status === 404) return "does not offer this function";
  if (type === "not_acceptable" || status === 406) return "cannot answer in JSON";
  if (status === 401 || status === 403) return credentials(status);
  if (status === 429) return "limits the rate of queries";
  if (type === "unavailable" || status === 503) return "is not ready to answer";
  return "failed internally";
}

function credentials(status: number): string {
  return status === 401
    ? "does not accept the credentials (401); check the user and password or the bearer token"
    : "does not let this user query (403); check what the user or token may do";
}

/** The error envelope in a body, or null if the body is something else (the page of a proxy, plain text). */
export function readEnvelope(text: string): Envelope | null {
  try {
    const parsed = envelopeSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Any failure of a call as a PrometheusError that says what to do. */
export function explainFailure(error: unknown, url: string): AppError {
  if (!(error instanceof HttpError)) return error instanceof AppError ? error : unexpected(error, url);
  const envelope = error.failure === "status" ? readEnvelope(error.text) : null;
  if (/no org id/i.test(error.text))
    return failed(error, `${url} needs a tenant: add the header X-Scope-OrgID to PROMETHEUS_HEADERS.`);
  if (envelope?.status === "error") return refused(url, error.status, envelope);
  if (error.failure === "network") return failed(error, network(error, url));
  if (error.failure !== "status") return failed(error, error.message);
  const body = excerpt(error.text) || "(empty body)";
  if (error.status === 401 || error.status === 403)
    return failed(error, `${url} ${credentials(error.status)}: ${body}`);
  if (error.status === 404 || error.status === 405)
    return failed(
      error,
      `${url} is not a Prometheus API (${error.status}); check PROMETHEUS_URL and PROMETHEUS_PATH_PREFIX (/prometheus for Mimir): ${body}`,
    );
  if (error.status >= 300 && error.status < 400)
    return failed(
      error,
      `${url} redirects (${error.status}), as login pages do; use the address that it redirects to.`,
    );
  if (error.status === 503) return failed(error, `${url} is not ready to answer (503): ${body}`);
  return failed(error, `${url} answered ${error.status}: ${body}`);
}

function network(error: HttpError, url: string): string {
  const why = errorText(error);
  if (/certificate|self.signed|CERT_|issuer/i.test(why) && !/required|alert/i.test(why))
    return `The certificate of ${url} is not trusted; set PROMETHEUS_CA_FILE to its authority: ${why}`;
  if (/alert|ERR_SSL|ERR_TLS|EPROTO/i.test(why))
    return `${url} refused the TLS connection; check http or https, and PROMETHEUS_CERT_FILE and PROMETHEUS_KEY_FILE: ${why}`;
  return `Prometheus is not reachable: ${why}`;
}

/** The message holds what the answer said: only what lies behind the answer is a cause, or it would be said twice. */
function failed(error: HttpError, message: string): PrometheusError {
  return new PrometheusError(error.failure, error.status, error.isTooLong, message, { cause: error.cause });
}

function unexpected(error: unknown, url: string): PrometheusError {
  return new PrometheusError("unexpected", 0, false, `${url}: ${errorText(error)}`, { cause: error });
}
