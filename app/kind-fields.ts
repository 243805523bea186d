import { AppError } from "@/lib/errors.ts";
import { field } from "./answer.ts";

/** A field of a kind of channel, connection or destination, as its form shows it. */
export interface KindField {
  readonly name: string;
  readonly secret?: true | undefined;
}

/** What the form calls a field: a name with "secret" in it is never sent back. */
export const inputName = ({ name, secret }: KindField): string => `${secret ? "secret" : "plain"}-${name}`;

/** What was typed into the fields of a kind, by their names. */
export const kindFields = (form: FormData, fields: readonly KindField[]): Readonly<Record<string, string>> =>
  Object.fromEntries(fields.map((one) => [one.name, field(form, inputName(one))]));

/** Runs `body`. @throws what it throws, an AppError with its problems at the fields of the form. */
export async function atKindFields<T>(fields: readonly KindField[], body: () => Promise<T>): Promise<T> {
  const names = new Map(fields.map((one) => [one.name, inputName(one)]));
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof AppError) || !error.fields) throw error;
    const problems = Object.entries(error.fields).map(([name, problem]) => [names.get(name) ?? name, problem]);
    throw new AppError(error.code, error.message, { fields: Object.fromEntries(problems) });
  }
}
