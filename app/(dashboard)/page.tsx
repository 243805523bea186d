import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { homeOf } from "@/app/home.ts";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { href, travelling } from "@/components/href.ts";
import { Overview } from "./overview.tsx";

export const metadata: Metadata = { title: "Overview" };

/** The viewer's own first page; the overview for people who have no other. */
export default async function FirstPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  const home = homeOf(input.ctx.viewer);
  if (home !== "/") redirect(href(home, travelling(input.params)));
  needPage(input.ctx, "/");
  return <Overview input={input} path="/" />;
}
