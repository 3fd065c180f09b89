import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

import { createLaunchSite, type LaunchSite, type LaunchSiteOptions } from '../support/launcher.ts';
import { threeRevisions } from '../support/migrations.ts';
import type { ProgramResult } from '../support/programs.ts';
import { stepOutputs, workflowCommands } from '../support/workflow-interpreter.ts';

interface Step extends ProgramResult {
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** A site whose launches are steps of a job. */
async function createJob(
  options: LaunchSiteOptions,
): Promise<LaunchSite & { readonly step: (...args: string[]) => Promise<Step> }> {
  const site = await createLaunchSite(options);
  const directory = await mkdtemp(join(tmpdir(), 'wumbo-job-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return {
    ...site,
    step: async (...args) => {
      const [output, summary] = [join(directory, 'output'), join(directory, 'summary')];
      await Promise.all([writeFile(output, ''), writeFile(summary, '')]);
      const env = { CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary };
      const result = await site.launch(args, { env });
      return {
        ...result,
        outputs: stepOutputs(await readFile(output, 'utf8')),
        summary: await readFile(summary, 'utf8'),
      };
    },
  };
}

describe('launch-migration in GitHub Actions', () => {
  it('folds the log, gives the outputs, and writes a summary with every revision and its time', async () => {
    const { step } = await createJob({ files: threeRevisions });
    const { exitCode, stderr, outputs, summary } = await step('development');
    expect(exitCode).toBe(0);
    expect(outputs).toEqual({
      outcome: 'succeeded',
      'exit-code': '0',
      'task-arn': expect.stringMatching(/^arn:aws:ecs:us-east-1:\d{12}:task\/development-wumbo-cluster\/[0-9a-f]{32}$/),
      'applied-count': '3',
      current: '20260101000003_index_email',
      'plan-hash': '',
    });
    expect(workflowCommands(stderr).map(({ name }) => name)).toEqual(['group', 'endgroup']);
    const [before = '', log = '', after = ''] = stderr.split(/^::group::.*\n|^::endgroup::\n/m);
    expect(before).toContain('development: ');
    expect(log).toContain('✓ 3/3 applied 20260101000003_index_email');
    expect(after).toContain('✓ succeeded');
    expect(summary).toMatch(/^### ✓ Migration of development: succeeded\n/);
    expect(summary).toMatch(/^\| 2 \| 20260101000002\\_add\\_email \| applied \| [\d.]+ m?s \|$/m);
    expect(summary).toContain(
      '](https://us-east-1.console.aws.amazon.com/ecs/v2/clusters/development-wumbo-cluster/tasks/',
    );
    expect(summary).toMatch(/- image `sha256:[0-9a-f]{64}`/);
  });

  it('hands the hash of a plan from job to job, and runs that plan or nothing', async () => {
    const { step } = await createJob({ files: threeRevisions });
    const planned = await step('production', '--plan');
    expect(planned.exitCode, planned.stderr).toBe(0);
    const hash = planned.outputs['plan-hash'] ?? '';
    expect(hash).toMatch(/^plan2-/);
    expect(planned.stdout).toContain(`plan hash: ${hash}\n`);
    expect(planned.summary).toContain(`- plan hash \`${hash}\``);
    expect(planned.outputs).toMatchObject({ outcome: 'succeeded', 'applied-count': '0', current: 'base' });
    const part = await step('production', '--', 'upgrade', '+1', '--plan-hash', hash);
    expect(part.outputs).toMatchObject({ outcome: 'failed', 'exit-code': '5', 'applied-count': '0' });
    expect(part.stdout + part.stderr).toContain('20260101000002 would not run');
    const applied = await step('production', '--', 'upgrade', 'head', '--plan-hash', hash);
    expect(applied.outputs, applied.stderr).toMatchObject({ outcome: 'succeeded', 'applied-count': '3' });
  });

  it('marks a failed revision at its line, and repeats below the folded log what went wrong', async () => {
    const { step } = await createJob({
      files: {
        ...threeRevisions,
        '20260101000004_bad.sql': '-- migrate:up\nSELECT 1;\nINSERT INTO nowhere VALUES (1);\n',
      },
    });
    const { exitCode, stderr, outputs, summary } = await step('development');
    expect(exitCode).toBe(6);
    const error = workflowCommands(stderr).find(({ name }) => name === 'error');
    expect(error).toMatchObject({
      properties: {
        file: 'migrations/20260101000004_bad.sql',
        line: '3',
        col: '13',
        title: '20260101000004_bad failed',
      },
      data: expect.stringContaining('relation "nowhere" does not exist'),
    });
    const after = stderr.split('::endgroup::')[1] ?? '';
    expect(after).toContain('migrations/20260101000004_bad.sql:3:13: relation "nowhere" does not exist');
    expect(after).toContain('3 | INSERT INTO nowhere VALUES (1);');
    expect(outputs).toMatchObject({ outcome: 'failed', 'exit-code': '6', 'applied-count': '3' });
    expect(summary).toMatch(/\| 4 \| 20260101000004\\_bad \| \*\*failed\*\* \|/);
  });

  it('tells the outputs when nothing could be started, too', async () => {
    const { step } = await createJob({ files: threeRevisions });
    const { exitCode, outputs, stderr } = await step('nowhere');
    expect(exitCode).toBe(2);
    expect(outputs).toEqual({
      outcome: 'never-started',
      'exit-code': '2',
      'task-arn': '',
      'applied-count': '0',
      current: '',
      'plan-hash': '',
    });
    expect(workflowCommands(stderr)).toMatchObject([
      { name: 'error', data: expect.stringContaining('nowhere-ComputeStack') },
    ]);
    // The runner shows an annotation in the log too: nothing needs to be said twice.
    expect(stderr.match(/nowhere-ComputeStack/g)).toHaveLength(1);
  });

  it('shows wrong usage as an annotation too, once', async () => {
    const { step } = await createJob({ files: threeRevisions });
    const { exitCode, stderr } = await step('development', '--timout', '5m');
    expect(exitCode).toBe(2);
    expect(workflowCommands(stderr)).toMatchObject([
      { name: 'error', data: expect.stringMatching(/timout.*\n.*Did you mean --timeout\?/s) },
    ]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('shows warnings as annotations, at most ten with the failure', async () => {
    const { step } = await createJob({ files: threeRevisions, environment: { image: 'wumbo-migration:latest' } });
    const { stderr } = await step('development');
    const warnings = workflowCommands(stderr).filter(({ name }) => name === 'warning');
    expect(warnings.length).toBeGreaterThan(0);
    expect(warnings.length).toBeLessThanOrEqual(9);
    expect(stderr).not.toMatch(/^warning:/m);
  });

  it('does not care for files that it cannot write', async () => {
    const { launch } = await createLaunchSite({ files: threeRevisions });
    const env = { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: '/nowhere/output', GITHUB_STEP_SUMMARY: '/nowhere/summary' };
    const { exitCode, stderr } = await launch(['development'], { env });
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/warning: The outputs of this step \(GITHUB_OUTPUT\) could not be written: ENOENT/);
    expect(stderr).toMatch(/warning: The job summary \(GITHUB_STEP_SUMMARY\) could not be written: ENOENT/);
  });

  it('lets no line of the container act, whatever stream or event it comes in', async () => {
    const attacks = [
      '::error::',
      '::set-env name=X::',
      '::add-mask::',
      '::stop-commands::',
      '::ENDGROUP::',
      '::add-matcher::',
    ]
      .flatMap((command) =>
        ['', ' ', '\t', '\u00a0', '\ufeff', '\u0085', '\r', '\u001b[0m', '\u2028'].map(
          (lead) => `${lead}${command}pwned`,
        ),
      )
      .concat([
        '##[error]pwned',
        'text ##[group]pwned',
        '##[set-env name=X]pwned',
        '::: ::error::pwned',
        '::\u0000error::pwned',
      ]);
    const { step } = await createJob({
      files: {
        '20260101000001_evil.ts': `const attacks = ${JSON.stringify(attacks)};
          export const up = async ({ sql, log, client }) => {
            for (const attack of attacks) { process.stdout.write(attack + '\\n'); log(attack); console.error(attack); log('x\\n' + attack); }
            await client.query("DO $$ BEGIN RAISE WARNING '%', E'x\\n::error::pwned'; END $$");
            throw new Error('::error::pwned\\n::warning file=a,line=1::pwned\\n##[error]pwned');
          };`,
      },
    });
    const { exitCode, stdout, stderr, summary } = await step('development');
    expect(exitCode).toBe(6);
    // The runner reads the two streams apart, so neither order may matter.
    for (const output of [`${stdout}${stderr}`, `${stderr}${stdout}`]) {
      const commands = workflowCommands(output);
      expect(commands.map(({ name }) => name)).toEqual(['group', 'endgroup', 'error']);
      expect(commands.at(-1)).toMatchObject({ properties: { title: '20260101000001_evil failed' } });
      expect(Object.keys(commands.at(-1)?.properties ?? {})).not.toContain('name');
    }
    expect(stdout).toContain('pwned');
    expect(summary).toContain('pwned');
  });

  it('keeps SQL that somebody saves with "| tee" as it is', async () => {
    const files = {
      '20260101000001_casts.sql': "-- migrate:up\nSELECT '1'\n::text, '2'\n  ::int;\n",
    };
    const { step, launch } = await createJob({ files });
    const plain = await launch(['development', '--sql']);
    const inActions = await step('development', '--sql');
    const withoutTimes = (text: string): string =>
      text.replace(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, 'TIME').replace(/[0-9a-f-]{36}/g, 'ID');
    expect(plain.stdout).toContain('\n::text');
    expect(withoutTimes(inActions.stdout)).toBe(withoutTimes(plain.stdout));
  });
});
