import "server-only";
import { headers } from "next/headers";

/** The keys that open the palette, as the reader's machine names them: a Mac, or an iPad with a keyboard, has ⌘. */
export async function paletteKeys(): Promise<string> {
  const agent = (await headers()).get("user-agent") ?? "";
  return /Macintosh|Mac OS X|iPad|iPhone/.test(agent) ? "⌘ K" : "Ctrl K";
}
