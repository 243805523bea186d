/** One rule of the ledger that does not hold. */
export interface Fault {
  readonly kind: "damaged" | "identity" | "projects" | "triggers" | "days" | "project-days" | "orphan" | "charges";
  readonly subject: string;
  readonly detail: string;
}
