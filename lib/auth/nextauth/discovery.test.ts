import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProviderSettings } from "@/lib/auth/settings.ts";
import { checkDiscovery } from "./discovery.ts";
import { selfSigned } from "./testing-certificate.ts";

const SETTINGS = {
  ...{ clientId: "a", clientSecret: "b", name: "Test", scopes: "openid", groupsClaim: "groups", trustsEmail: false },
  ...{ caFile: null, timeoutMs: 5000 },
} as const satisfies Omit<ProviderSettings, "issuer">;

describe("the discovery document of a provider", () => {
  const certificate = selfSigned();
  let base = "";
  let secure = "";
  const servers: Server[] = [];

  /** Each first part of a path is a provider that names itself, or an answer that is not a discovery document. */
  const respond: RequestListener = (request, response) => {
    const realm = request.url?.split("/")[1];
    if (realm === "gone") return response.writeHead(404).end("{}");
    if (realm === "down") return response.writeHead(503).end();
    if (realm === "page") return response.writeHead(200).end("<html></html>");
    const here = `${"encrypted" in request.socket ? secure : base}/${realm}`;
    const issuer = { slash: `${here}/`, other: `${base}/another` }[realm ?? ""] ?? here;
    return response.writeHead(200).end(JSON.stringify({ issuer }));
  };
  beforeAll(async () => {
    servers.push(createServer(respond), createTlsServer(certificate, respond));
    for (const server of servers) await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const [plain = 0, tls = 0] = servers.map((server) => (server.address() as AddressInfo).port);
    [base, secure] = [`http://127.0.0.1:${plain}`, `https://localhost:${tls}`];
  });
  afterAll(() => {
    for (const server of servers) server.close();
    certificate.remove();
  });

  const check = (issuer: string, caFile: string | null = null) => checkDiscovery({ ...SETTINGS, caFile, issuer });

  it("is of the issuer of the settings, with or without a slash at the end", async () => {
    await check(`${base}/realm`);
    await check(`${base}/slash`);
  });

  it("is refused with both names where it names another issuer", async () => {
    const fault = await check(`${base}/other`).catch((error: unknown) => error);
    expect(fault).toMatchObject({ problem: "issuer" });
    expect(String(fault)).toContain(`${base}/another`);
    expect(String(fault)).toContain(`OIDC_ISSUER is "${base}/other"`);
  });

  it.each([
    ["gone", "no-discovery", /answered 404.*Check OIDC_ISSUER/],
    ["page", "no-discovery", /answered 200 and no discovery document/],
    ["down", "OAuthSignin", /answered 503/],
  ])("that is not there (%s) has words of its own", async (realm, problem, message) => {
    await expect(check(`${base}/${realm}`)).rejects.toMatchObject({ problem, message: expect.stringMatching(message) });
  });

  it("of a certificate that is not trusted names OIDC_CA_FILE, which then holds", async () => {
    const fault = await check(`${secure}/realm`).catch((error: unknown) => error);
    expect(fault).toMatchObject({ problem: "certificate", message: expect.stringContaining("OIDC_CA_FILE") });
    expect(String(fault)).not.toContain("use-system-ca");
    await check(`${secure}/realm`, certificate.file);
    await expect(check(`${secure}/realm`, "/nowhere.pem")).rejects.toMatchObject({ problem: "certificate" });
  });
});
