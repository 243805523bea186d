import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIo, INTERRUPTED, Stopped } from "./io.ts";
import { writeOut } from "./out-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-out-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function setUp() {
  const stdout = new PassThrough();
  const stop = new AbortController();
  return { io: createIo({ stdout, stderr: new PassThrough() }, stop), stdout, stop };
}
async function* chunks(...texts: (string | Error)[]) {
  for (const text of texts) {
    if (text instanceof Error) throw text;
    yield text;
  }
}

describe("writeOut", () => {
  it("writes a file whole", async () => {
    const file = path.join(folder, "a.csv");
    await writeOut(setUp().io, file, chunks("1\r\n", "é\r\n"));
    expect(readFileSync(file, "utf8")).toBe("1\r\né\r\n");
    expect(readdirSync(folder)).toEqual(["a.csv"]);
  });

  it("leaves what was there when it fails or is stopped on the way", async () => {
    const file = path.join(folder, "a.csv");
    writeFileSync(file, "old");
    const { io, stop } = setUp();
    await expect(writeOut(io, file, chunks("new", new Error("gone")))).rejects.toThrow("gone");
    stop.abort(new Stopped(INTERRUPTED));
    await expect(writeOut(io, file, chunks("new"))).rejects.toBeInstanceOf(Stopped);
    expect(readFileSync(file, "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["a.csv"]);
  });

  it("replaces what a link leads to, and writes to a device as it is", async () => {
    const file = path.join(folder, "a.csv");
    writeFileSync(file, "old");
    symlinkSync(file, path.join(folder, "link"));
    await writeOut(setUp().io, path.join(folder, "link"), chunks("new"));
    expect(readFileSync(file, "utf8")).toBe("new");
    await writeOut(setUp().io, "/dev/null", chunks("x"));
  });

  it("refuses a folder, and a file in a folder that is not there", async () => {
    mkdirSync(path.join(folder, "sub"));
    for (const [out, message] of [
      ["sub", "is a folder: name a file in it"],
      ["none/a.csv", "there is no folder"],
      ["none/", "there is no folder"],
    ] as const)
      await expect(writeOut(setUp().io, path.join(folder, out), chunks("x"))).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(["sub"]);
  });

  it("takes - for stdout, and waits while its reader is slow", async () => {
    const { io, stdout } = setUp();
    const big = "x".repeat(100_000);
    const written = writeOut(io, "-", chunks(big, big));
    let length = 0;
    stdout.on("data", (part: Buffer) => {
      length += part.length;
    });
    await written;
    expect(length).toBe(200_000);
  });
});
