/** One part of a connection, as its form shows it. */
export interface ConnectionField {
  readonly name: string;
  readonly label: string;
  /** The environment variable of the same meaning, which messages may name. */
  readonly setting?: string;
  readonly hint?: string;
  readonly placeholder?: string;
  /** Stored encrypted, and never shown again. */
  readonly secret?: true;
  readonly required?: true;
  /** Where the secrets are sent: who changes it enters them again. */
  readonly receives?: true;
  /** It has several lines, such as a certificate. */
  readonly isLong?: true;
}

/** What a person entered, by the names of the fields; empty texts are left out. */
export type Entered = Readonly<Record<string, string | undefined>>;

/** The result of a connection test: the version of the server, or one plain sentence on what to do. */
export interface ConnectionReport {
  readonly source: string;
  readonly url: string;
  readonly ok: boolean;
  readonly version: string | null;
  readonly message: string;
  readonly latencyMs: number | null;
}
