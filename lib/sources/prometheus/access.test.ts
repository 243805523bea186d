import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PrometheusClient } from "./client.ts";
import { VECTOR_ONE } from "./promql.ts";
import { describeWithPrometheus, startPrometheus, type TestPrometheus } from "./testing.ts";
import { quick } from "./testing-server.ts";

const hasOpenssl = spawnSync("openssl", ["version"], { stdio: "ignore" }).status === 0;

/** bcrypt of "s3cret:pä", the only form that Prometheus's web config takes. */
const HASH = "$2b$04$abcdefghijklmnopqrstuupD0dw7J47QNrD1XfNNJ41Y9G44GhpiG";
const ask = async (access: ConstructorParameters<typeof PrometheusClient>[0]) => {
  const client = new PrometheusClient(access);
  try {
    return (await client.instant(VECTOR_ONE)).series[0]?.value[0];
  } finally {
    await client.close();
  }
};

describeWithPrometheus("a real Prometheus behind a user and a path", () => {
  let peer: TestPrometheus;
  beforeAll(async () => {
    const webConfig = `basic_auth_users:\n  ledger: ${HASH}\n`;
    peer = await startPrometheus({ webConfig, flags: ["--web.route-prefix=/metrics/store"] });
  });
  afterAll(() => peer?.close());

  it("answers the right user at the right path", async () => {
    const pathPrefix = "/metrics/store";
    expect(await ask({ url: peer.url, pathPrefix, username: "ledger", password: "s3cret:pä", ...quick })).toBe(1);
    const url = peer.url.replace("//", "//ledger:s3cret%3Ap%C3%A4@");
    expect(await ask({ url: `${url}${pathPrefix}/`, ...quick })).toBe(1);
  });

  it("is explained otherwise", async () => {
    const at = { url: peer.url, pathPrefix: "/metrics/store", ...quick };
    const credentials = "check the user and password or the bearer token";
    await expect(ask({ ...at, username: "ledger", password: "wrong" })).rejects.toThrow(credentials);
    await expect(ask(at)).rejects.toThrow(credentials);
    await expect(ask({ ...at, bearerToken: "t" })).rejects.toThrow(credentials);
    const elsewhere = { ...at, pathPrefix: "", username: "ledger", password: "s3cret:pä" };
    await expect(ask(elsewhere)).rejects.toThrow("check PROMETHEUS_URL and PROMETHEUS_PATH_PREFIX");
  });
});

describeWithPrometheus("a real Prometheus that needs client certificates", () => {
  const directory = mkdtempSync(join(tmpdir(), "ledger-tls-"));
  const path = (name: string) => join(directory, name);
  let peer: TestPrometheus | undefined;

  beforeAll(async () => {
    if (!hasOpenssl) return;
    const openssl = (...args: string[]) => {
      const done = spawnSync("openssl", args, { cwd: directory });
      if (done.status !== 0) throw new Error(`openssl ${args.join(" ")}: ${done.stderr}`);
    };
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=test authority");
    writeFileSync(path("server.ext"), "subjectAltName=IP:127.0.0.1\n");
    writeFileSync(path("client.ext"), "extendedKeyUsage=clientAuth\n");
    for (const name of ["server", "client"]) {
      openssl("req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
      const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", `${name}.ext`];
      openssl("x509", "-req", "-in", `${name}.csr`, ...signed, "-out", `${name}.pem`);
    }
    const files = [
      `cert_file: ${path("server.pem")}`,
      `key_file: ${path("server.key")}`,
      `client_ca_file: ${path("ca.pem")}`,
    ];
    const tls = [...files, "client_auth_type: RequireAndVerifyClientCert"].map((line) => `  ${line}\n`).join("");
    peer = await startPrometheus({ webConfig: `tls_server_config:\n${tls}` });
  });
  afterAll(async () => {
    await peer?.close();
    rmSync(directory, { recursive: true });
  });

  it.skipIf(!hasOpenssl)(
    "answers with authority, certificate and key, and is explained without (needs openssl)",
    async () => {
      const url = peer?.url.replace("http:", "https:") ?? "";
      const whole = {
        url,
        caFile: path("ca.pem"),
        certFile: path("client.pem"),
        keyFile: path("client.key"),
        ...quick,
      };
      expect(await ask(whole)).toBe(1);
      await expect(ask({ url, ...quick })).rejects.toThrow("is not trusted; set PROMETHEUS_CA_FILE");
      await expect(ask({ url, caFile: whole.caFile, ...quick })).rejects.toThrow(
        "PROMETHEUS_CERT_FILE and PROMETHEUS_KEY_FILE",
      );
      await expect(ask({ ...whole, url: url.replace("https", "http") })).rejects.toThrow(/HTTPS server/);
    },
  );
});
