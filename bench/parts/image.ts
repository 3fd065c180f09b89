import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

import { compare } from '../compare.ts';
import { comparisonTable, type Part } from '../part.ts';

const run = promisify(execFile);
const tag = 'wumbo-migrations:bench';

/** What Fargate must pull and start. */
export const image: Part = {
  name: 'image',
  about: 'size of the image, and start of its container at 0.25 vCPU; needs a Docker engine',
  run: async ({ quick }) => {
    const about = 'The image of this folder, compressed with gzip -6 as registries keep it.';
    try {
      await run('docker', ['build', '--quiet', '--tag', tag, resolve(import.meta.dirname, '../..')]);
    } catch (error) {
      const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      return [{ title: 'Image', about, columns: ['what', 'figure'], rows: [['not measured', reason]] }];
    }
    const { stdout } = await run('/bin/sh', ['-c', `docker save ${tag} | gzip -6 | wc -c`]);
    const container = (name: string, args: readonly string[]) => ({
      name,
      command: () => ({
        program: 'docker',
        args: ['run', '--rm', '--network', 'none', '--cpus', '0.25', '--memory', '512m', '--read-only', ...args],
      }),
    });
    const starts = await compare(
      [
        container('migrate heads', [tag, 'heads']),
        container('node -e 0 in the same image', ['--entrypoint', '/nodejs/bin/node', tag, '-e', '0']),
      ],
      { rounds: quick ? 2 : 5 },
    );
    return [
      {
        title: 'Image',
        about,
        columns: ['what', 'figure'],
        rows: [['compressed', `${(Number(stdout) / 1e6).toFixed(1)} MB`]],
      },
      comparisonTable(
        {
          title: 'Container start, 0.25 vCPU',
          about: '`docker run` from start to exit; CPU and memory are those of the docker command.',
        },
        starts,
        'node -e 0 in the same image',
      ),
    ];
  },
};
