import type { ReactNode } from "react";
import { TextLink } from "@/components/ui/text-link.tsx";
import { findSignedIn } from "./ctx.ts";
import { mayOpen } from "./may-open.ts";

interface PageLinkProps {
  readonly to: string;
  readonly children: ReactNode;
  /** What stands there for people who may not open the page; its words without the link where absent. */
  readonly otherwise?: ReactNode;
}

/** A link to another page of the product, for people who may open it: nobody is led to a refusal. */
export async function PageLink({ to, children, otherwise = children }: PageLinkProps) {
  const signedIn = await findSignedIn();
  return signedIn && mayOpen(signedIn.viewer, to) ? <TextLink to={to}>{children}</TextLink> : otherwise;
}
