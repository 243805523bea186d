import { AppError, errorText } from "@/lib/errors.ts";
import { HttpError } from "@/lib/http.ts";
import { METADATA_PROBLEM } from "@/lib/sources/metadata-hosts.ts";

/** A failed Run:ai call whose message is already the sentence of `describeFailure`. */
export class RunaiError extends HttpError {
  constructor(cause: HttpError) {
    super(cause.failure, cause.status, cause.text, describeFailure(cause), { cause });
    this.name = "RunaiError";
  }
}

const certificateAdvice = (where: string, why: string) =>
  `The certificate of ${where} is not trusted (${why}): set RUNAI_CA_FILE to the PEM file of the authority that signed it.`;

function networkSentence(where: string, text: string): string {
  if (/ERR_METADATA/.test(text)) return `The host of ${where} is not asked: ${METADATA_PROBLEM}`;
  if (/ENOTFOUND|EAI_AGAIN|Invalid URL/i.test(text))
    return `The host of ${where} is unknown: check the spelling of RUNAI_URL and the DNS of this machine.`;
  if (/ECONNREFUSED/.test(text))
    return `${where} refused the connection: check host and port of RUNAI_URL, and that the control plane is up.`;
  if (/self.signed/i.test(text)) return certificateAdvice(where, "self-signed");
  if (/altnames|expired/i.test(text))
    return `The certificate of ${where} is not valid (${/expired/i.test(text) ? "it has expired" : "it is for another host name"}): check RUNAI_URL, or renew it.`;
  if (/certificate|CERT_|UNABLE_TO/i.test(text)) return certificateAdvice(where, "unknown authority");
  if (/ERR_TLS|ERR_SSL|EPROTO|wrong version number/i.test(text))
    return `${where} does not speak TLS as expected: check http:// or https:// and the port in RUNAI_URL.`;
  return `The connection to ${where} broke: check the network between here and Run:ai, proxies included.`;
}

function statusSentence(where: string, error: HttpError): string {
  const { status } = error;
  const isToken = /\/token$/.test(where);
  if (isToken && (status === 400 || status === 401 || status === 403))
    return `Run:ai did not accept the credentials at ${where} (${status}): check RUNAI_APP_ID and RUNAI_APP_SECRET, and that the application or service account still exists.`;
  if (status === 401)
    return `${where} refused a token that Run:ai had just issued (401): check RUNAI_URL and the account.`;
  if (status === 403)
    return `The account has no access to ${where} (403): add an access rule for it in Run:ai, a viewer role at tenant scope.`;
  if (status === 404 || status === 405)
    return `${where} does not exist there (${status}): check that RUNAI_URL is the control plane's address, without a path.`;
  if (status >= 300 && status < 400)
    return `${where} answered with a redirect (${status}): set RUNAI_URL to the address that it redirects to.`;
  if (status === 429) return `${where} asked to slow down (429): lower HTTP_CONCURRENCY, or wait.`;
  if (status >= 500)
    return `${where} is failing (${status}): Run:ai or a gateway in front of it has a problem; the next sync retries.`;
  return `${error.message} Check RUNAI_URL and the version of Run:ai.`;
}

/**
 * One plain sentence for a failed Run:ai call: what happened, at which path, and what to do. Never throws. Errors that
 * are not about HTTP return their own text.
 */
export function describeFailure(error: unknown): string {
  if (!(error instanceof HttpError)) return error instanceof AppError ? error.message : errorText(error);
  if (error instanceof RunaiError) return error.message;
  const where = /^https?:\/\/\S+/.exec(error.message)?.[0] ?? "Run:ai";
  if (error.failure === "status") return statusSentence(where, error);
  if (error.failure === "timeout")
    return `${where} did not answer in time: check firewalls and proxies, or raise HTTP_TIMEOUT.`;
  if (error.failure === "network") return networkSentence(where, `${error.message} ${errorText(error)}`);
  return /^\s*</.test(error.text)
    ? `${where} answered with an HTML page, not the API: RUNAI_URL may be a login page or a proxy; use the control plane's address.`
    : `${where} answered with a body that is cut short or is not JSON: a proxy on the way may limit answers.`;
}

/** An answer that arrived in full but has the shape of no known version of Run:ai. */
export function unexpectedShape(path: string, what: string): AppError {
  const advice = "Check that RUNAI_URL is Run:ai's address and that its version is 2.18 or newer.";
  return new AppError("source_unavailable", `${path} answered in an unknown shape: ${what}. ${advice}`);
}
