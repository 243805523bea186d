import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const NAMES = ["prometheus-alertmanager", "alertmanager"];

/** The program of Alertmanager on this machine; null: it is not installed. */
export function alertmanagerProgram(): string | null {
  for (const name of NAMES)
    try {
      execFileSync(name, ["--version"], { stdio: "ignore" });
      return name;
    } catch {
      // The next name.
    }
  return null;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

export interface RealAlertmanager {
  readonly url: string;
  stop(): Promise<void>;
}

/** A real Alertmanager on a free port. @param webhook where it sends what it gets, with a token. */
export async function startAlertmanager(
  program: string,
  webhook: { readonly url: string; readonly token: string },
): Promise<RealAlertmanager> {
  const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-alertmanager-"));
  const config = path.join(folder, "alertmanager.yml");
  writeFileSync(
    config,
    `route: { receiver: ledger, group_wait: 0s, group_interval: 1s, repeat_interval: 1h, group_by: ["..."] }
receivers:
  - name: ledger
    webhook_configs:
      - url: ${webhook.url}
        send_resolved: true
        http_config: { authorization: { type: Bearer, credentials: ${webhook.token} } }
`,
  );
  const port = await freePort();
  const child = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.path=${folder}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
      "--log.level=error",
    ],
    { stdio: "ignore" },
  );
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    if (
      await fetch(`${url}/-/ready`).then(
        (r) => r.ok,
        () => false,
      )
    )
      break;
    if (tries > 200) throw new Error("Alertmanager did not become ready.");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    async stop() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
