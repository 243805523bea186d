import { AppError } from "@/lib/errors.ts";

const LONGEST = 254;

/**
 * An e-mail address in the one spelling under which a person is known: without white space around it, NFKC, lower case.
 * Look-alikes that NFKC would turn into `@` or a separator are refused, not normalised: they name another mailbox.
 * @throws AppError `invalid` for what is not an address.
 */
export function normaliseEmail(given: string): string {
  const text = given.trim();
  const email = text.normalize("NFKC").toLowerCase();
  const plain = email.split("@").length === 2 && text.split("@").length === 2;
  if (
    !plain ||
    email.length > LONGEST ||
    !/^[^\s@,;:<>()"\\\p{Cc}]+@[^\s@,;:<>()"\\\p{Cc}]+\.[^\s@.,;:<>()"\\\p{Cc}]+$/u.test(email)
  )
    throw new AppError("invalid", `"${text.slice(0, 80)}" is not an e-mail address.`);
  return email;
}
