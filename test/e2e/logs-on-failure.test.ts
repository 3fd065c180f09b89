import { describe, expect, it } from 'vitest';

import { createLaunchSite } from '../support/launcher.ts';
import { threeRevisions } from '../support/migrations.ts';

const talking = (end: string): Readonly<Record<string, string>> => ({
  ...threeRevisions,
  '20260101000004_talk.ts': `export const up = async ({ log }) => {
    for (let line = 1; line <= 30; line += 1) process.stdout.write('raw line ' + line + '\\n');
    log('a message');
    ${end}
  };`,
});

describe('launch-migration --logs-on-failure', () => {
  it('prints progress and summary of a success, and not its log', async () => {
    const { launch } = await createLaunchSite({ files: talking('') });
    const { exitCode, stdout, stderr } = await launch(['development', '--logs-on-failure']);
    expect(exitCode).toBe(0);
    expect(stdout).toBe('');
    expect(stderr).not.toContain('a message');
    expect(stderr).toContain('· provisioning');
    expect(stderr).toContain('✓ 3/4 applied 20260101000003_index_email');
    expect(stderr).toContain('✓ succeeded');
  });

  it('prints the whole log of a failure, then what went wrong with the last twenty lines', async () => {
    const { launch } = await createLaunchSite({ files: talking("throw new Error('it broke');") });
    const { exitCode, stdout, stderr } = await launch(['development', '--logs-on-failure']);
    expect(exitCode).toBe(6);
    expect(stdout).toBe(Array.from({ length: 30 }, (_, index) => `raw line ${index + 1}\n`).join(''));
    const [, summary = ''] = stderr.split('\n✗ failed, exit code 6');
    expect(summary).toMatch(/20260101000004_talk\.ts.*it broke/);
    expect(summary.match(/^ {2}\| raw line \d+$/gm)).toHaveLength(20);
    expect(stderr).toContain('a message');
  });

  it('holds back nothing that --json promises', async () => {
    const { launch } = await createLaunchSite({ files: talking('') });
    const { stdout } = await launch(['development', '--logs-on-failure', '--json']);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ event }) => event === 'log')).toHaveLength(30);
  });
});

describe('launch-migration --json', () => {
  it('ends with outcome, exit code, task, completeness of the log and the phases, also after a failure', async () => {
    const files = { ...threeRevisions, '20260101000004_bad.sql': '-- migrate:up\nSELECT nothing;\n' };
    const { launch } = await createLaunchSite({ files });
    const { exitCode, stdout } = await launch(['development', '--json']);
    expect(exitCode).toBe(6);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({
      event: 'launch.finished',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      outcome: 'failed',
      exitCode: 6,
      taskArn: expect.stringContaining(':task/development-wumbo-cluster/'),
      logComplete: true,
      phases: {
        provisioning: expect.any(Number),
        pulling: expect.any(Number),
        starting: expect.any(Number),
        running: expect.any(Number),
      },
    });
  });
});
