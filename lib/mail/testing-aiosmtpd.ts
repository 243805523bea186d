import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import path from "node:path";

/** Whether Debian's SMTP server for tests is on this machine. */
export function aiosmtpdInstalled(): boolean {
  try {
    execFileSync("/usr/bin/aiosmtpd", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** An address of this machine by which others reach it; null: it has none. */
export const outerAddress = (): string | null =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? null;

export interface RealMailServer {
  readonly port: number;
  /** The certificate that the server shows, for SMTP_CA_FILE. */
  readonly caFile: string;
  /** Mails in the order in which they were taken. */
  mails(): { readonly to: readonly string[]; readonly encrypted: boolean; readonly text: string }[];
  /** From now on the full mailbox has room. */
  emptyMailbox(): void;
  close(): Promise<void>;
}

function certificateIn(folder: string): { readonly key: string; readonly cert: string } {
  const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  const names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...kind, "-keyout", key, "-out", cert, ...names], { stdio: "ignore" });
  return { key, cert };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("data", () => resolve(true)).once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
    socket.once("data", () => socket.end("QUIT\r\n"));
  });

/** Debian's aiosmtpd on a free port of every address. @param tls whether it offers STARTTLS, and takes no mail without it. */
export async function startRealMailServer(tls: boolean): Promise<RealMailServer> {
  const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-smtp-"));
  const { key, cert } = certificateIn(folder);
  const port = await freePort();
  const child = spawn(
    "/usr/bin/aiosmtpd",
    [
      ...["-n", "-l", `0.0.0.0:${port}`, "-c", "testing_smtp.Mailboxes"],
      ...(tls ? ["--tlscert", cert, "--tlskey", key] : []),
      folder,
    ],
    { stdio: "ignore", env: { ...process.env, PYTHONPATH: import.meta.dirname, PYTHONDONTWRITEBYTECODE: "1" } },
  );
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries > 300 || child.exitCode !== null) throw new Error("aiosmtpd did not start.");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    ...{ port, caFile: cert },
    mails: () =>
      readdirSync(folder)
        .filter((file) => /^\d+\.json$/.test(file))
        .sort()
        .map((file) => JSON.parse(readFileSync(path.join(folder, file), "utf8"))),
    emptyMailbox: () => writeFileSync(path.join(folder, "empty"), ""),
    async close() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
