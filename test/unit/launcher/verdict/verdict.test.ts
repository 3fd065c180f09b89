import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/launcher/verdict/verdict.ts';
import { container, task } from '../support.ts';

const roles = { container: 'MigrationContainer', sideContainers: [{ name: 'proxy', essential: true }] };

describe('judge', () => {
  it('goes by the container of that name, wherever it stands and whatever else was injected', () => {
    const containers = [
      container({ name: 'aws-guardduty-agent-x', exitCode: 1, reason: 'CannotPullContainerError' }),
      container({ exitCode: 0 }),
    ];
    expect(judge(task({ containers }), roles)).toMatchObject({ outcome: 'succeeded', exitCode: 0 });
  });

  it.each([1, 3, 6, 125])('passes the exit code %i through as failed', (exitCode) => {
    const verdict = judge(task({ stopCode: 'EssentialContainerExited', containers: [container({ exitCode })] }), roles);
    expect(verdict).toMatchObject({ outcome: 'failed', exitCode });
  });

  it('calls a missing exit code unknown, never success', () => {
    expect(judge(task({ containers: [container()] }), roles)).toMatchObject({ outcome: 'unknown', exitCode: 125 });
    expect(judge(task({ containers: [] }), roles)).toMatchObject({ outcome: 'unknown', exitCode: 125 });
  });

  it('explains a container that never started', () => {
    const stopped = task({
      startedAtMs: undefined,
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotPullContainerError: ref registry/x:1 not found',
      containers: [container()],
    });
    expect(judge(stopped, roles)).toMatchObject({
      outcome: 'never-started',
      exitCode: 125,
      reason: expect.stringContaining('does not exist'),
      nextStep: expect.stringContaining('Push the image'),
    });
  });

  it('shows AWS’s own words when it does not know them', () => {
    const stopped = task({ startedAtMs: undefined, stoppedReason: 'Moon phase', containers: [container()] });
    expect(judge(stopped, roles)).toMatchObject({ outcome: 'never-started', reason: 'Moon phase' });
  });

  it('names the side container whose failure kept the task from starting', () => {
    const containers = [
      container(),
      container({ name: 'proxy', reason: 'CannotPullContainerError: manifest unknown' }),
    ];
    const verdict = judge(task({ startedAtMs: undefined, containers }), roles);
    expect(verdict.reason).toContain('proxy');
  });

  it.each([
    [
      'out of memory',
      { containers: [container({ exitCode: 137, reason: 'OutOfMemoryError: container killed' })] },
      137,
      /more memory/,
    ],
    ['SIGKILL without a reason', { containers: [container({ exitCode: 137 })] }, 137, /SIGKILL/],
    [
      'a person',
      { stopCode: 'UserInitiated', stoppedReason: 'wrong day', containers: [container({ exitCode: 143 })] },
      143,
      /somebody stopped the task \("wrong day"\)/,
    ],
    ['a person, code lost', { stopCode: 'UserInitiated', containers: [container()] }, 125, /somebody/],
    ['Spot', { stopCode: 'SpotInterruption', containers: [container({ exitCode: 143 })] }, 143, /Spot/],
    [
      'a side container',
      { containers: [container({ exitCode: 143 }), container({ name: 'proxy', exitCode: 1 })] },
      143,
      /side container proxy ended first \(exit code 1\)/,
    ],
  ])('knows who killed it: %s', (_, fields, exitCode, reason) => {
    expect(judge(task(fields), roles)).toMatchObject({
      outcome: 'killed',
      exitCode,
      reason: expect.stringMatching(reason),
    });
  });

  it.each([
    ['ended well', { name: 'proxy', exitCode: 0 }, true],
    ['ran out of memory', { name: 'proxy', exitCode: 137, reason: 'OutOfMemoryError: killed' }, true],
    ['got the same signal', { name: 'proxy', exitCode: 143 }, false],
    ['is in no task definition', { name: 'agent', exitCode: 1 }, false],
  ])('a container beside ours that %s is the culprit or not', (_, fields, isCulprit) => {
    const verdict = judge(task({ containers: [container({ exitCode: 143 }), container(fields)] }), roles);
    expect(verdict.exitCode).toBe(143);
    expect(verdict.reason?.includes('proxy ended first') ?? false).toBe(isCulprit);
  });

  it('a side container that is not essential ends nothing', () => {
    const lenient = { ...roles, sideContainers: [{ name: 'proxy', essential: false }] };
    const containers = [container({ exitCode: 143 }), container({ name: 'proxy', exitCode: 1 })];
    expect(judge(task({ containers }), lenient).reason ?? '').not.toContain('proxy');
  });

  it('calls it success when the work was done before somebody stopped the task', () => {
    expect(judge(task({ stopCode: 'UserInitiated' }), roles)).toMatchObject({ outcome: 'succeeded', exitCode: 0 });
  });
});
