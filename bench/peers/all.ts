import { alembic, dbmate, graphileMigrate, nodePgMigrate, sqitch } from './command-line-tools.ts';
import { bareNode, psql } from './floor.ts';
import { libraries } from './libraries.ts';
import { ours } from './ours.ts';
import type { Peer } from './peer.ts';

export interface InstalledPeer extends Peer {
  readonly installedVersion: string;
}

/** Every tool that is installed here, ours first, and the names of those that are not. */
export async function findPeers(): Promise<{
  readonly installed: readonly InstalledPeer[];
  readonly absent: readonly string[];
}> {
  const installed: InstalledPeer[] = [];
  const absent: string[] = [];
  for (const peer of [ours, psql, bareNode, ...libraries, nodePgMigrate, graphileMigrate, dbmate, alembic, sqitch]) {
    const installedVersion = await peer.version();
    if (installedVersion === undefined) absent.push(peer.name);
    else installed.push({ ...peer, installedVersion });
  }
  return { installed, absent };
}
