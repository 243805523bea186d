/** A source of the ledger as it may be shown: without secrets. */
export interface ListedConnection {
  /** Null: the settings name it. */
  readonly key: number | null;
  readonly name: string;
  readonly kind: string;
  readonly title: string;
  /** What is not secret, by field. */
  readonly fields: Readonly<Record<string, string>>;
  /** Names of the secrets that are stored. */
  readonly stored: readonly string[];
  readonly pausedAt: number | null;
  /** Clusters that it owns and that still exist. */
  readonly clusters: number;
  /** Spans that could not be read in full and are tried again. */
  readonly unread: number;
  /** The end of the newest span that was read; null: none was. */
  readonly readThrough: number | null;
  /** Why the newest span that failed could not be read; empty: none failed since the newest that was read. */
  readonly problem: string;
}

/** A name of a cluster, as somebody said it. */
export interface ListedName {
  readonly source: string;
  readonly name: string;
  readonly clusterId: string;
  readonly clusterName: string;
}
