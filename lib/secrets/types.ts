/** Whose secret it is: a thing that the ledger keeps, such as `channel/12`, and which field of it, such as `url`. */
export interface SecretRef {
  readonly of: string;
  readonly field: string;
}

/** What may be shown of a stored secret: everything but its value. */
export interface SecretFacts extends SecretRef {
  /** Of the key that it is encrypted with. */
  readonly keyId: string;
  /** Unix seconds. */
  readonly changedAt: number;
  readonly changedBy: string;
}

export const nameOf = ({ of, field }: SecretRef): string => `${of} ${field}`;
