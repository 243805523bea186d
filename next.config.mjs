const headers = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=(), usb=()" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
];

/** The content security policy carries a nonce per request and is set in proxy.ts. */
/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  // Loaded where they are needed, and not part of any page.
  serverExternalPackages: [
    ...["better-sqlite3", "fontkit", "pdfmake", "pg", "pino", "prom-client", "undici"],
    ...["@aws-sdk/client-cost-explorer", "@aws-sdk/client-ec2", "@aws-sdk/client-pricing", "@opentelemetry/sdk-node"],
    ...["@opentelemetry/api", "@opentelemetry/resources"],
  ],
  devIndicators: false,
  // No page has pictures to scale: /_next/image answers 404, and its decoders are never run.
  images: { unoptimized: true },
  // Types are checked by `npm run typecheck`, which `npm test` begins with: a build does not check them a second time.
  typescript: { ignoreBuildErrors: true },
  // Most builds are a machine's first: writing a cache for the next one takes a quarter of their time.
  experimental: {
    // A page that the viewer may not open answers 403 in words (app/need-page.ts).
    authInterrupts: true,
    turbopackFileSystemCacheForBuild: false,
    // Files of cost and catalogues: what components/action-form.tsx sends at most, and the fields beside it. A request passes
    // through the proxy too, which has a limit of its own: 10 MB, and what is beyond it cut off without a word.
    proxyClientMaxBodySize: "17mb",
    serverActions: { bodySizeLimit: "17mb" },
  },
  headers: async () => [{ source: "/:path*", headers }],
};
