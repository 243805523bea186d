import { describe, expect, it } from "vitest";
import { atOwnHost } from "./own-host.ts";

describe("sign-in through the provider at another name of the server", () => {
  const asked = new URL("http://localhost:3000/sign-in/provider?callbackUrl=%2Fspend%3Fperiod%3Dlast-month");

  it("begins again at the host of NEXTAUTH_URL, once, and keeps where the person goes", () => {
    const to = atOwnHost("http://127.0.0.1:3000", "localhost:3000", asked);
    expect(to).toMatch(/^http:\/\/127\.0\.0\.1:3000\/sign-in\/provider\?/);
    expect(new URL(to ?? "").searchParams.get("callbackUrl")).toBe("/spend?period=last-month");
    expect(atOwnHost("http://127.0.0.1:3000", "localhost:3000", new URL(to ?? ""))).toBe(null);
  });

  it.each([
    ["http://127.0.0.1:3000", "127.0.0.1:3000"],
    ["https://gpu.example.com", "GPU.example.com"],
    ["https://gpu.example.com", null],
  ])("stays where %s is called %s", (url, host) => {
    expect(atOwnHost(url, host, asked)).toBe(null);
  });
});
