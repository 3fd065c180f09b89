import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { createDatabase } from '../support/database.ts';
import {
  buildConsumerImage,
  buildImage,
  docker,
  dockerOutput,
  hardened,
  missingEngine,
  urlInContainer,
} from '../support/docker.ts';
import { threeRevisions } from '../support/migrations.ts';
import { projectDirectory } from '../support/programs.ts';

const noEngine = await missingEngine();
const unused = (): { readonly RDS_ROOTS_SHA256: string } => ({ RDS_ROOTS_SHA256: randomBytes(32).toString('hex') });

describe.skipIf(noEngine !== undefined)('building the image', () => {
  test('runs nothing while its final stages are built, so that they are built for any processor', async () => {
    const dockerfile = await readFile(join(projectDirectory, 'Dockerfile'), 'utf8');
    const [build = '', runner = '', final = ''] = dockerfile.split(/^FROM /m).slice(1);
    expect(build).toMatch(/^--platform=\$\{BUILDPLATFORM:-linux\} /);
    expect(runner).toMatch(/^gcr\.io\/distroless\/nodejs24-debian12:nonroot AS runner$/m);
    expect(final).toMatch(/^runner$/m);
    for (const stage of [runner, final]) {
      expect(stage).not.toMatch(/^\s*(?:RUN|ADD)\b/im);
      expect(stage.match(/^COPY .*/gm)?.every((line) => line.startsWith('COPY --from=build '))).toBe(true);
    }
  });

  test('is the same, layer by layer, when it is built again from the same sources', async () => {
    // A new value of an argument that changes nothing in the result makes the engine run the steps again.
    const builds = [await buildImage(unused()), await buildImage(unused())];
    onTestFinished(async () => void (await docker('rmi', '--force', ...builds)));
    const [first, second] = await Promise.all(
      builds.map((image) => dockerOutput('image', 'inspect', '--format', '{{json .RootFS.Layers}}', image)),
    );
    expect(second).toBe(first);
  }, 300_000);

  test('two lines make an image of other revisions of it', async () => {
    const runner = await buildImage({ target: 'runner' });
    const consumer = await buildConsumerImage(runner, threeRevisions);
    onTestFinished(async () => void (await docker('rmi', '--force', consumer, runner)));
    const database = await createDatabase();
    const url = urlInContainer(database.url);
    const ended = await docker('run', '--rm', ...hardened, '--env', `DATABASE_URL=${url}`, consumer);
    expect(ended).toMatchObject({ exitCode: 0 });
    expect(await database.query('SELECT count(*)::int AS n FROM migrations.history')).toEqual([{ n: 3 }]);
    const alone = await docker('run', '--rm', ...hardened, '--env', `DATABASE_URL=${url}`, runner, 'check');
    // Without the second line there is nothing to run, and it says so.
    expect(alone).toMatchObject({ exitCode: 2 });
  }, 300_000);

  test('the build is given what .dockerignore names, and nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wumbo-context-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await chmod(folder, 0o755);
    const dockerfile = join(folder, 'Dockerfile');
    await writeFile(dockerfile, 'FROM gcr.io/distroless/nodejs24-debian12:nonroot\nCOPY . /context\n');
    const tag = `wumbo-migrations-context:${randomBytes(6).toString('hex')}`;
    onTestFinished(async () => void (await docker('rmi', '--force', tag)));
    await dockerOutput('build', '--quiet', '--file', dockerfile, '--tag', tag, '.');
    const look =
      "for (const top of ['', 'scripts']) console.log(require('node:fs').readdirSync('/context/' + top).sort().join(' '));";
    const seen = await dockerOutput(
      'run',
      '--rm',
      ...hardened,
      '--entrypoint',
      '/nodejs/bin/node',
      tag,
      '--eval',
      look,
    );
    expect(seen.split('\n')).toEqual([
      'migrations package-lock.json package.json scripts src',
      'build.ts bundled-packages.ts declarations.ts join-chunks.ts rds-roots.ts',
    ]);
  });
});
