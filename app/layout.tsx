import type { Metadata, Viewport } from "next";
import localFont from "next/font/local";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { ClassPatterns } from "@/components/charts/class-patterns.tsx";
import "./globals.css";
import { preferenceOf } from "./preferences.ts";

const inter = localFont({
  src: "../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  variable: "--font-inter",
  weight: "100 900",
  // Swapped in late, it moves the columns of every table by tens of pixels; preloaded, it is nearly always there in time.
  display: "optional",
});

/** The last element of every page. */
const END = "page-end";

export const metadata: Metadata = {
  title: { default: "GPU Ledger", template: "%s · GPU Ledger" },
  description: "Where every GPU-second went.",
};
export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#0f1113" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const store = await cookies();
  const theme = store.get("theme")?.value;
  return (
    <html
      lang="en"
      className={inter.variable}
      data-theme={theme === "light" || theme === "dark" ? theme : undefined}
      data-density={preferenceOf("density", store.get("density")?.value)}
      suppressHydrationWarning
    >
      <head>
        {/* Painted once it is read whole: the columns of a long table would move as its rows come in. */}
        <link rel="expect" href={`#${END}`} blocking="render" />
      </head>
      <body>
        {children}
        <ClassPatterns />
        <span id={END} hidden />
      </body>
    </html>
  );
}
