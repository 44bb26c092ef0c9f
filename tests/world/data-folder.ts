import { rm } from 'node:fs/promises';
// Relative: vitest loads this file before there is a condition that makes #adapters mean src.
import { findCluster } from '../../src/adapters/embedded-postgres/cluster.ts';

/** Removes the folder of an embedded database that was stopped. Root's data lies elsewhere, where PostgreSQL's own user may enter. */
export async function removeData(dataDir: string): Promise<void> {
  const cluster = findCluster(dataDir);
  if (cluster) await rm(cluster, { recursive: true, force: true });
  await rm(dataDir, { recursive: true, force: true });
}
