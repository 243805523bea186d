import { readFileSync } from "node:fs";
import type { ProviderSettings } from "@/lib/auth/settings.ts";
import { AppError, errorText } from "@/lib/errors.ts";
import { Http } from "@/lib/http.ts";
import { silentLog } from "@/lib/log.ts";
import type { ProviderProblem } from "./problems.ts";

/** A provider that people cannot be sent to, in words for the log and `ledger doctor`; the page has its own by the code. */
export class ProviderFault extends AppError {
  readonly problem: ProviderProblem;
  constructor(problem: ProviderProblem, message: string, options?: ErrorOptions) {
    super("source_unavailable", message, options);
    this.problem = problem;
  }
}

const CERTIFICATE = /certificate|self.signed|CERT_|ERR_TLS/i;

/** Reads the provider's discovery document, once, and checks that it is of the issuer of the settings. @throws ProviderFault. */
export async function checkDiscovery(provider: ProviderSettings): Promise<void> {
  const { issuer, timeoutMs, caFile } = provider;
  const url = `${issuer}/.well-known/openid-configuration`;
  const http = new Http({
    ...{ timeoutMs, retryCount: 0, retryWaitMs: 0, retryMaxWaitMs: 0, deadlineMs: timeoutMs, concurrency: 1 },
    ...(caFile ? { tls: { ca: authorityOf(caFile) } } : {}),
    log: silentLog,
  });
  const body = await http
    .send({ method: "GET", url, accept: () => true })
    .then(({ status, text }) => documentOf(url, status, text))
    .catch((error: unknown) => {
      throw error instanceof ProviderFault ? error : unreached(error);
    })
    .finally(() => http.close());
  assertIssuer(provider, body.issuer);
}

/** @throws ProviderFault where the provider calls itself by another name than OIDC_ISSUER; a slash at the end is no difference. */
export function assertIssuer({ issuer }: Pick<ProviderSettings, "issuer">, reported: unknown): void {
  const plain = (text: unknown) => String(text).replace(/\/+$/, "");
  if (plain(reported) !== plain(issuer))
    throw new ProviderFault(
      "issuer",
      `The identity provider calls itself ${JSON.stringify(reported ?? null)}, and OIDC_ISSUER is "${issuer}". Set OIDC_ISSUER to the issuer of its discovery document.`,
    );
}

function documentOf(url: string, status: number, text: string): { readonly issuer?: unknown } {
  if (status >= 500) throw new ProviderFault("OAuthSignin", `${url} answered ${status}.`);
  const absent = new ProviderFault(
    "no-discovery",
    `${url} answered ${status} and no discovery document. Check OIDC_ISSUER: realm, tenant and path belong to it.`,
  );
  if (status !== 200) throw absent;
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null) return body;
  } catch {
    // A page instead of JSON: it is no discovery document.
  }
  throw absent;
}

function unreached(error: unknown): ProviderFault {
  const text = errorText(error);
  return CERTIFICATE.test(text)
    ? new ProviderFault(
        "certificate",
        `The certificate of the identity provider is not trusted: ${text.replace(/;?\s*if the root CA.*$/i, ".")} Set OIDC_CA_FILE to the PEM file of the authority that signed it.`,
        { cause: error },
      )
    : new ProviderFault("OAuthSignin", text, { cause: error });
}

/** @throws ProviderFault where the file cannot be read. */
function authorityOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ProviderFault("certificate", `OIDC_CA_FILE: cannot read ${file}.`, { cause: error });
  }
}
