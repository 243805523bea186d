import { AppError } from "@/lib/errors.ts";

/** What an identity provider says of somebody. */
export interface Claims {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string;
  /** Only where the provider says so, or the settings trust its addresses. */
  readonly emailVerified: boolean;
  readonly name: string;
  /** `overage`: the provider left them out because they are too many; `absent`: it sends none. */
  readonly groups: readonly string[] | "overage" | "absent";
}

/** Why somebody is not let in: the page before sign-in has the words for it. */
export type RefusalReason = "no-access" | "no-admin" | "no-email" | "other-account" | "disabled" | "unverified";

export class ProviderRefusal extends AppError {
  readonly reason: RefusalReason;
  constructor(reason: RefusalReason, message: string) {
    super("forbidden", message);
    this.reason = reason;
  }
}
