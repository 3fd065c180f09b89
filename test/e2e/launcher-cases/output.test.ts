import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createLaunchCase, launchFinished, talk } from '../../support/launch-case.ts';

const commands = "say('::error::not ours'); say('::set-output name=x::y'); say('##[group]x'); finish(0);";

describe('the output of a launch', () => {
  it('in GitHub Actions holds no line of the container that the runner would obey', async () => {
    const { launch } = await createLaunchCase({ script: commands });
    const { exitCode, stdout, stderr } = await launch(['development'], { env: { GITHUB_ACTIONS: 'true' } });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('not ours');
    const obeyed = linesThatTheRunnerObeys(stdout + stderr);
    expect(obeyed.filter((line) => /not ours|set-output|##\[group\]x/.test(line))).toEqual([]);
  });

  it('gives what the container printed to stdout, and all its own talk to stderr', async () => {
    const { launch } = await createLaunchCase({ script: "say('SELECT 1;'); say('SELECT 2;'); finish(0);" });
    const { stdout, stderr } = await launch();
    expect(stdout).toBe('SELECT 1;\nSELECT 2;\n');
    expect(stderr).toContain('succeeded');
    expect(stderr).not.toContain('SELECT');
  });

  it('repeats the last lines in the summary of a failure, with times, task and code', async () => {
    const { launch } = await createLaunchCase({ script: talk(30, 9) });
    const { exitCode, stderr } = await launch();
    expect(exitCode).toBe(9);
    const summary = stderr.slice(stderr.indexOf('✗'));
    expect(summary).toContain('failed, exit code 9');
    expect(summary).toContain('| line 29');
    expect(summary).toMatch(/took [\d.]+ m?s \(/);
    expect(summary).toMatch(/task arn:aws:ecs:\S+/);
  });

  it('of --json ends with one object that holds outcome, code, task and whether the log is whole', async () => {
    const { launch } = await createLaunchCase({ script: talk(2, 3) });
    const result = await launch(['development', '--json']);
    for (const line of result.stdout.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('event');
    expect(launchFinished(result)).toMatchObject({
      event: 'launch.finished',
      outcome: 'failed',
      exitCode: 3,
      logComplete: true,
      taskArn: expect.stringMatching(/^arn:aws:ecs:/),
      phases: expect.any(Object),
    });
  });

  it('gives GitHub Actions the outcome and our exit code, also when the task never started', async () => {
    const output = join(tmpdir(), `launch-output-${process.pid}-${performance.now()}`);
    await writeFile(output, '');
    const { launch } = await createLaunchCase({ script: '', faults: ['cannot-start "CannotPullContainerError: x"'] });
    await launch(['development'], { env: { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: output } });
    const written = await readFile(output, 'utf8');
    expect(written).toMatch(/outcome(=|<<[^\n]+\n)never-started/);
    expect(written).toMatch(/exit-code(=|<<[^\n]+\n)125/);
  });
});

/** Workflow commands stand at the beginning of a line, unless `::stop-commands::` is in force. */
function linesThatTheRunnerObeys(text: string): readonly string[] {
  const obeyed: string[] = [];
  let stopped: string | undefined;
  for (const line of text.split('\n')) {
    const [, token] = /^::stop-commands::(.+)$/.exec(line) ?? [];
    if (stopped === undefined && token !== undefined) stopped = token;
    else if (stopped !== undefined && line === `::${stopped}::`) stopped = undefined;
    else if (stopped === undefined && /^\s*(::|##\[)/.test(line)) obeyed.push(line);
  }
  return obeyed;
}
