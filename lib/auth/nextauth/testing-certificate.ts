import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A certificate of `localhost` that nobody signed but itself. @returns its file, too, for OIDC_CA_FILE; `remove` deletes it. */
export function selfSigned() {
  const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-certificate-"));
  const [key, file] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...kind, "-keyout", key, "-out", file, ...names], { stdio: "ignore" });
  return {
    ...{ file, key: readFileSync(key, "utf8"), cert: readFileSync(file, "utf8") },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
