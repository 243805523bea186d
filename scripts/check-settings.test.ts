import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const check = (env: Record<string, string>) =>
  promisify(execFile)(process.execPath, ["--import", "./scripts/typescript.mjs", "scripts/check-settings.ts"], {
    env: { PATH: process.env.PATH ?? "", ...env } as unknown as NodeJS.ProcessEnv,
  }).then(
    () => [0, ""],
    (error: { code: number; stderr: string }) => [error.code, error.stderr],
  );

it("says before the server starts what is wrong with its settings, and is silent otherwise", async () => {
  expect(await check({ AUTH: "off", HOST: "0.0.0.0" })).toEqual([
    1,
    expect.stringMatching(/^AUTH=off works on this machine alone/),
  ]);
  expect(await check({ AUTH: "off" })).toEqual([0, ""]);
});
