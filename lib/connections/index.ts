/**
 * Sources that people connect, beside those that the settings name, and what sources mean by names of clusters. Owns the tables
 * `connections` and `cluster_names`. Secrets are stored secrets: they are read for a call, and never shown.
 */
export {
  addConnection,
  type ConnectionChange,
  type ConnectionInput,
  changeConnection,
  NO_SECRET,
  pauseConnection,
  removeConnection,
  resumeConnection,
} from "./change.ts";
export { listClusterNames, listConnections } from "./list.ts";
export { forgetName, type NameInput, nameCluster } from "./name-cluster.ts";
export { isConnected, openStored, type StoredSource } from "./open.ts";
export { testStored } from "./test.ts";
export type { ListedConnection, ListedName } from "./types.ts";
