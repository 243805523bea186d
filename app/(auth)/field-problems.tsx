"use client";
import type { ReactNode } from "react";
import { FormAnswer } from "@/components/ui/field.tsx";

/** Shows problems at the fields that they are about, on a page that is loaded again with the code of the problem. */
export const FieldProblems = ({
  fields,
  children,
}: {
  fields: Readonly<Record<string, string>> | null;
  children: ReactNode;
}) => <FormAnswer value={fields && { ok: false, message: "", fields }}>{children}</FormAnswer>;
