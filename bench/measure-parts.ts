import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Measuring } from './command-line.ts';
import type { Machine } from './machine.ts';
import type { Bench } from './part.ts';
import type { FoundPeers } from './peers/all.ts';
import { printed } from './peers/installed.ts';
import type { PartResult } from './results.ts';
import { startBenchServer } from './server.ts';

/** What is left of a run that was stopped; `undefined` when nothing runs. */
export type CleanUp = () => Promise<void>;

export interface Run {
  readonly machine: Machine;
  readonly peers: FoundPeers;
  /** Gets each part as it ends. */
  readonly onPart: (result: PartResult) => void;
  /** Gets what has to be done when the run is stopped. */
  readonly onStart: (cleanUp: CleanUp) => void;
}

/** Measures the parts, one after the other. One that fails is a result too, and does not keep the others from being measured. */
export async function measureParts(
  { parts, size }: Pick<Measuring, 'parts' | 'size'>,
  { machine, peers, onPart, onStart }: Run,
): Promise<readonly PartResult[]> {
  const home = await mkdtemp(join(tmpdir(), 'bench-files-'));
  const server = await startBenchServer();
  const cleanUp = async (): Promise<void> => {
    await server.close();
    await rm(home, { recursive: true, force: true });
  };
  onStart(cleanUp);
  const results: PartResult[] = [];
  const commit = await printed('git', ['-C', import.meta.dirname, 'rev-parse', '--short', 'HEAD'], /^(\S+)$/m);
  try {
    for (const part of parts) {
      process.stderr.write(`${part.name}: ${part.about}\n`);
      const files = join(home, part.name);
      const folder = async (name: string): Promise<string> => {
        const path = join(files, name);
        await mkdir(path, { recursive: true });
        return path;
      };
      const startedAt = performance.now();
      const outcome = await outcomeOf(part, { server, peers: peers.installed, size, folder });
      // Fifty thousand small files would slow down what comes after.
      await rm(files, { recursive: true, force: true });
      const result = {
        part: part.name,
        measuredAt: new Date().toISOString(),
        tookSeconds: Math.round((performance.now() - startedAt) / 1_000),
        size,
        ...(commit !== undefined && { commit }),
        machine,
        postgres: server.version,
        tools: peers.installed.map(({ name, installedVersion }) => `${name} ${installedVersion}`),
        absent: peers.absent.map(({ name }) => name),
        ...outcome,
      };
      results.push(result);
      onPart(result);
    }
  } finally {
    await cleanUp();
  }
  return results;
}

async function outcomeOf(
  part: Measuring['parts'][number],
  bench: Bench,
): Promise<Pick<PartResult, 'tables' | 'figures' | 'failure'>> {
  try {
    return await part.run(bench);
  } catch (error) {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`  ${part.name} failed: ${failure}\n`);
    return { tables: [], figures: {}, failure: failure.split('\n')[0] ?? failure };
  }
}
