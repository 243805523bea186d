"use client";
import { createContext, type ReactNode, useContext } from "react";
import { CLASS_DEFINITIONS, type UsageClass } from "@/lib/classes.ts";

type Meanings = Readonly<Record<UsageClass, string>>;
const InForce = createContext<Meanings | null>(null);

/** Gives every legend and card below what the classes mean under the rules in force. */
export function ClassMeanings({ meanings, children }: { meanings: Meanings; children: ReactNode }) {
  return <InForce value={meanings}>{children}</InForce>;
}

export function useClassMeaning(of: UsageClass): string {
  return useContext(InForce)?.[of] ?? CLASS_DEFINITIONS[of].meaning;
}

/** Something that stands for a class, and says on hover what the class means. */
export function WithMeaning({ of, className, children }: { of: UsageClass; className?: string; children: ReactNode }) {
  return (
    <span className={className} title={useClassMeaning(of)}>
      {children}
    </span>
  );
}
