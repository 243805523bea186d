import { AppError } from "@/lib/errors.ts";

/** A mail that the server did not take. */
export class MailRefused extends AppError {
  /** The SMTP reply code; 0: no reply. */
  readonly status: number;
  /** Never works, as a reply of 5xx says. */
  readonly permanent: boolean;
  constructor(status: number, permanent: boolean, message: string, options?: ErrorOptions) {
    super("source_unavailable", message, options);
    this.name = "MailRefused";
    this.status = status;
    this.permanent = permanent;
  }
}
