import type { Metadata } from "next";
import { Overview } from "@/app/(dashboard)/overview.tsx";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";

export const metadata: Metadata = { title: "Overview" };

/** The overview, for people whose first page is another. */
export default async function OverviewPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/overview");
  return <Overview input={input} path="/overview" />;
}
