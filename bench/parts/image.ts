import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

import { compare, type Contender } from '../compare.ts';
import { comparisonTable, figuresOf, type Part, type PartOutcome } from '../part.ts';

const run = promisify(execFile);
const tag = 'wumbo-migrations:bench';
const idle = 'node -e 0 in the same image';
const rounds = { full: 7, quick: 1, tiny: 1 };

/** What Fargate must pull and start. */
export const image: Part = {
  name: 'image',
  about: 'size of the image, start of its container at 0.25 vCPU, processes in it; needs a Docker engine',
  run: async ({ size }) => {
    try {
      // Where no bridge is (an engine without firewall rules), only the host's network leads to the registry.
      const network = process.platform === 'linux' ? ['--network', 'host'] : [];
      await docker('build', '--quiet', ...network, '--tag', tag, resolve(import.meta.dirname, '../..'));
    } catch (error) {
      return notMeasured(error);
    }
    try {
      return await measureImage(rounds[size]);
    } finally {
      // Its layers stay, so that the next build is quick.
      await docker('image', 'rm', '--force', tag).catch(() => undefined);
    }
  },
};

async function measureImage(times: number): Promise<PartOutcome> {
  const { stdout } = await run('/bin/sh', ['-c', `docker save ${tag} | gzip -6 | wc -c`]);
  const megabytes = Number(stdout) / 1e6;
  if (megabytes < 1) throw new Error('docker save gave no image');
  const users = await processUsers();
  const starts = await compare(
    [
      start('migrate heads', [tag, 'heads']),
      start('migrate --version', [tag, '--version']),
      start(idle, ['--entrypoint', '/nodejs/bin/node', tag, '-e', '0']),
    ],
    { rounds: times },
  );
  return {
    tables: [
      {
        title: 'Image',
        about:
          'The image of this folder, compressed with gzip -6 as registries keep it; processes while it waits for a database, its root file system read-only.',
        columns: ['what', 'figure'],
        rows: [
          ['compressed', `${megabytes.toFixed(1)} MB`],
          ['processes', String(users.length)],
          ['users of them', [...new Set(users)].join(', ')],
        ],
        notes: [],
      },
      comparisonTable(
        {
          title: 'Container start, 0.25 vCPU',
          about: '`docker run` from start to exit; CPU and memory are those of the docker command.',
        },
        starts,
        idle,
      ),
    ],
    figures: figuresOf({
      'image-mb': megabytes,
      'image-processes': users.length,
      'image-as-root': users.filter((user) => user === 'root' || user === '0').length,
    }),
  };
}

function start(name: string, args: readonly string[]): Contender {
  const limits = ['--network', 'none', '--cpus', '0.25', '--memory', '512m', '--read-only'];
  return {
    name,
    command: () => ({ program: 'docker', args: ['run', '--rm', ...limits, ...args], env: dockerEnvironment() }),
  };
}

/** Whose processes run in a container that waits for its database. */
async function processUsers(): Promise<readonly string[]> {
  const nowhere = 'DATABASE_URL=postgres://nobody@127.0.0.1:9/nothing';
  const waiting = ['upgrade', '--wait-for-database', '10m'];
  const id = await docker('run', '--detach', '--read-only', '--network', 'none', '--env', nowhere, tag, ...waiting);
  try {
    const [, ...lines] = (await docker('top', id, '-eo', 'user,pid')).split('\n');
    return lines.map((line) => line.trim().split(/\s+/)[0] ?? '');
  } finally {
    await docker('rm', '--force', id);
  }
}

async function docker(...args: readonly string[]): Promise<string> {
  return (await run('docker', [...args])).stdout.trim();
}

/** Where the engine is. */
function dockerEnvironment(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      name.startsWith('DOCKER_') && value !== undefined ? [[name, value]] : [],
    ),
  );
}

function notMeasured(error: unknown): PartOutcome {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  const reason = said.trim().split('\n').at(-1) ?? '';
  const about = 'The image of this folder.';
  const notes = [`Not measured: docker build failed: ${reason}`];
  return { tables: [{ title: 'Image', about, columns: ['what', 'figure'], rows: [], notes }], figures: {} };
}
