import { createHash } from "node:crypto";
import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { MANIFEST, periodZip, type ZipFile } from "./zip.ts";

const AT = 1_793_500_000;
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

async function pack(files: readonly ZipFile[]): Promise<{ bytes: Uint8Array; chunks: number }> {
  const chunks = await collect(periodZip(files, AT));
  return { bytes: new Uint8Array(Buffer.concat(chunks)), chunks: chunks.length };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const item of items) out.push(item);
  return out;
}

async function* pages(count: number): AsyncGenerator<string> {
  for (let i = 0; i < count; i++) yield `${i},${"x".repeat(i % 97)}\r\n`.repeat(40);
}

describe("periodZip", () => {
  it("gives back every file as it was, with the sum of each", async () => {
    const pdf = new Uint8Array(200_000).map((_, i) => (i * 7919) % 251);
    const { bytes, chunks } = await pack([
      { name: "statements_all_2026-10.csv", content: pages(2000) },
      { name: "statement.pdf", content: pdf },
      { name: "empty.json", content: "" },
    ]);
    const files = unzipSync(bytes);
    expect(Object.keys(files)).toEqual(["statements_all_2026-10.csv", "statement.pdf", "empty.json", MANIFEST]);
    const csv = (await collect(pages(2000))).join("");
    expect(text(files["statements_all_2026-10.csv"])).toBe(csv);
    expect(files["statement.pdf"]).toEqual(pdf);
    const sums = text(files[MANIFEST]).trimEnd().split("\n");
    expect(sums).toEqual(
      ["statements_all_2026-10.csv", "statement.pdf", "empty.json"].map(
        (name) =>
          `${createHash("sha256")
            .update(files[name] as Uint8Array)
            .digest("hex")}  ${name}`,
      ),
    );
    expect(chunks).toBeGreaterThan(10);
    expect(bytes.length).toBeLessThan(csv.length);
  });

  it("is the same bytes for the same files, and only the sums without files", async () => {
    const files = [{ name: "a.csv", content: "a\r\n" }];
    expect(await pack(files)).toEqual(await pack(files));
    expect(Object.keys(unzipSync((await pack([])).bytes))).toEqual([MANIFEST]);
  });

  it("numbers equal names, for some disks ignore case", async () => {
    const { bytes } = await pack(["a.csv", "A.csv", "a.csv", MANIFEST].map((name) => ({ name, content: name })));
    expect(Object.keys(unzipSync(bytes))).toEqual(["a.csv", "A-2.csv", "a-3.csv", `${MANIFEST}-2`, MANIFEST]);
  });

  it("fails when the making of a file fails", async () => {
    async function* failing(): AsyncGenerator<string> {
      yield "a";
      throw new Error("the disk is full");
    }
    await expect(pack([{ name: "a.csv", content: failing() }])).rejects.toThrow("the disk is full");
  });
});
