import { expect, it } from "vitest";
import { HttpError, type HttpFailure } from "@/lib/http.ts";
import { describeFailure, RunaiError, unexpectedShape } from "./failure.ts";

const URL = "https://acme.run.ai/api/v1/workloads";
const error = (failure: HttpFailure, why: string, status = 0, text = "") =>
  new HttpError(failure, status, text, `${URL} ${why}`);
const unreachable = (why: string) => error("network", `could not be reached: ${why}.`);

it.each([
  [unreachable("getaddrinfo ENOTFOUND acme.run.ai"), /host of \S+ is unknown: check the spelling of RUNAI_URL/],
  [unreachable("getaddrinfo EAI_AGAIN acme.run.ai"), /is unknown/],
  [unreachable("connect ECONNREFUSED 10.0.0.1:443"), /refused the connection: check host and port/],
  [
    unreachable("self-signed certificate [DEPTH_ZERO_SELF_SIGNED_CERT]"),
    /not trusted \(self-signed\): set RUNAI_CA_FILE/,
  ],
  [unreachable("unable to verify the first certificate"), /not trusted \(unknown authority\): set RUNAI_CA_FILE/],
  [unreachable("certificate has expired [CERT_HAS_EXPIRED]"), /is not valid \(it has expired\)/],
  [unreachable("Hostname/IP does not match certificate's altnames"), /is not valid \(it is for another host name\)/],
  [unreachable("write EPROTO wrong version number"), /does not speak TLS as expected/],
  [unreachable("other side closed [UND_ERR_SOCKET]"), /connection to \S+ broke/],
  [error("timeout", "did not answer within 30 s."), /did not answer in time: check firewalls/],
  [error("status", "answered 422: x", 422), /422: x Check RUNAI_URL/],
  [error("body", "answered 200 with an HTML page", 200, " <html>"), /HTML page, not the API/],
])("%s", (failure, sentence) => {
  expect(describeFailure(failure)).toMatch(sentence);
  expect(describeFailure(failure)).toContain(URL);
  expect(new RunaiError(failure).message).toBe(describeFailure(failure));
});

it("speaks of credentials where the token was asked for", () => {
  const refused = new HttpError("status", 401, "", "https://acme.run.ai/api/v2/token answered 401: {}");
  expect(describeFailure(refused)).toMatch(/did not accept the credentials at \S+\/api\/v2\/token \(401\)/);
});

it("returns the text of what is not an HTTP failure", () => {
  expect(describeFailure(unexpectedShape("/api/v1/x", "a: b"))).toMatch(/^\/api\/v1\/x answered in an unknown shape/);
  expect(describeFailure("odd")).toBe("odd");
});
