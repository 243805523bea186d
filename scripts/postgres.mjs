import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The folder with `initdb` and `pg_ctl`, newest first; null when PostgreSQL is not installed. */
export function findPostgres() {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((v) => path.join(debian, v, "bin")),
    ...(process.env.PATH ?? "").split(path.delimiter),
  ];
  return (
    folders.find((folder) => existsSync(path.join(folder, "initdb")) && existsSync(path.join(folder, "pg_ctl"))) ?? null
  );
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** PostgreSQL refuses to run as root: then as the user that its package made. */
function asServer(command) {
  return process.getuid?.() === 0
    ? run("su", ["postgres", "-s", "/bin/sh", "-c", command])
    : run("/bin/sh", ["-c", command]);
}

/**
 * A PostgreSQL of our own in a temporary folder on a free port; `stop` ends it and removes the folder. `crash` ends every process of it at once,
 * and `restart` starts it again, on the same port.
 */
export async function startPostgres(bin) {
  const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-postgres-"));
  if (process.getuid?.() === 0) await run("chown", ["postgres", folder]);
  const cluster = path.join(folder, "cluster");
  const port = await freePort();
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=50`;
  const crash = async () => {
    if (existsSync(path.join(cluster, "postmaster.pid")))
      await asServer(`'${bin}/pg_ctl' -D '${cluster}' -m immediate -w stop`).catch(() => undefined);
  };
  const restart = () => asServer(`'${bin}/pg_ctl' -D '${cluster}' -l '${folder}/log' -o '${options}' -w start`);
  const stop = async () => {
    await crash();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await asServer(`'${bin}/initdb' -D '${cluster}' -A trust -U postgres --no-sync -E UTF8`);
    await restart();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, crash, restart, stop };
}
