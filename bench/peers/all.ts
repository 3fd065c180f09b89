import { alembics } from './alembic.ts';
import { dbmate, graphileMigrate, nodePgMigrate, sqitch } from './command-line-tools.ts';
import { bareNode, psql } from './floor.ts';
import { libraries } from './libraries.ts';
import { ours } from './ours.ts';
import type { Peer } from './peer.ts';

export interface InstalledPeer extends Peer {
  readonly installedVersion: string;
}

export interface FoundPeers {
  readonly installed: readonly InstalledPeer[];
  readonly absent: readonly Peer[];
}

const all: readonly Peer[] = [
  ours,
  psql,
  bareNode,
  ...libraries,
  nodePgMigrate,
  graphileMigrate,
  dbmate,
  ...alembics,
  sqitch,
];

/** Every tool that is installed here, ours first, and those that are not. */
export async function findPeers(): Promise<FoundPeers> {
  const versions = await Promise.all(all.map((peer) => peer.version()));
  const installed: InstalledPeer[] = [];
  const absent: Peer[] = [];
  for (const [index, peer] of all.entries()) {
    const installedVersion = versions[index];
    if (installedVersion === undefined) absent.push(peer);
    else installed.push({ ...peer, installedVersion });
  }
  return { installed, absent };
}
