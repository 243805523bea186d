import type { Metadata } from "next";
import { notFound } from "next/navigation";

export const metadata: Metadata = { title: "Nothing here" };

/** Any other address, so that "not found" stands inside the shell. */
export default function Rest() {
  notFound();
}
