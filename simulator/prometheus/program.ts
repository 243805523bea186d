import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { createServer } from "node:net";

const TRIES = 100;
const PAUSE_MS = 100;

/** A server that runs, as its clients and the one who ends it see it. */
export interface Running {
  readonly url: string;
  /** Ends the process, then removes its folder. */
  stop(): Promise<void>;
}

/**
 * Starts a program on a free port of 127.0.0.1, and waits until it is ready. @param argsOf its arguments, by that port. @param ready the path
 * that answers once it is. @param folder what it writes to, and what goes with it. @throws Error where it does not become ready.
 */
export async function startProgram(
  program: string,
  argsOf: (port: number) => readonly string[],
  { ready, folder }: { readonly ready: string; readonly folder: string },
): Promise<Running> {
  const port = await freePort();
  const child = spawn(program, [...argsOf(port)], { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${url}${ready}`).then(
      (answer) => answer.ok,
      () => false,
    );
  for (let tries = 0; !(await isReady()); tries++) {
    if (tries > TRIES) {
      child.kill("SIGKILL");
      throw new Error(`${program} did not become ready.`);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
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

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
