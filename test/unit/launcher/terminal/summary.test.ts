import { describe, expect, it } from 'vitest';
import type { RunEventBody } from '../../../../src/contract/run-events.ts';
import type { LaunchEnd } from '../../../../src/launcher/report.ts';
import { emptyRecord, withEvent, withLine, type RunRecord } from '../../../../src/launcher/terminal/run-record.ts';
import { createPaint } from '../../../../src/contract/paint.ts';
import { summaryLines } from '../../../../src/launcher/terminal/summary.ts';
import type { Verdict } from '../../../../src/launcher/verdict/verdict.ts';
import { taskArn } from '../support.ts';

const finished = {
  event: 'run.finished',
  outcome: 'succeeded',
  exitCode: 0,
  applied: [],
  reverted: [],
  pending: [],
  current: '2026',
  durationMs: 5,
} as const;
const upgrade = {
  event: 'run.started',
  command: 'upgrade',
  target: 'head',
  database: 'wumbo at db',
  revisionCount: 1,
  version: '1',
} as const;

function recordOf(...bodies: readonly RunEventBody[]): RunRecord {
  return bodies.reduce((record, body) => withEvent(record, { ...body, time: 't', runId: 'r' }), emptyRecord);
}
function summary(verdict: Partial<Verdict>, record: RunRecord, end: Partial<LaunchEnd> = {}): string {
  const full: Verdict = { outcome: 'succeeded', exitCode: 0, reason: undefined, nextStep: undefined, ...verdict };
  const launchEnd: LaunchEnd = { verdict: full, taskArn, logEnd: 'end-marker', followCommands: [], ...end };
  return summaryLines(
    { end: launchEnd, record, phases: { provisioning: 1_200, running: 800 }, totalMs: 2_500 },
    { paint: createPaint('off'), links: 'plain', failure: 'shown-above' },
  ).join('\n');
}

describe('summaryLines', () => {
  it('tells what was applied, the times, the task and that the log is complete', () => {
    const record = recordOf(
      upgrade,
      { event: 'revision.applied', revision: '2026', name: '2026_users', durationMs: 3 },
      finished,
    );
    expect(summary({}, record).split('\n')).toEqual([
      '✓ succeeded',
      '  1 revision applied: 2026_users',
      '  the database is at 2026',
      '  took 2.5 s (provisioning 1.2 s, running 800 ms)',
      `  task ${taskArn}`,
      '  the log is complete (its end marker was read)',
    ]);
  });

  it('says that there was nothing to do', () => {
    expect(summary({}, recordOf(upgrade, finished))).toContain('the database is at 2026');
  });

  it('says what migrate’s exit code means, but not what another program’s code would mean', () => {
    const failed = { outcome: 'failed', exitCode: 5 } as const;
    expect(summary(failed, recordOf({ ...finished, outcome: 'failed', exitCode: 5 }))).toContain('history unsound');
    expect(summary(failed, emptyRecord)).not.toContain('history');
  });

  it('shows the last lines of a failure that told nothing else', () => {
    const text = summary({ outcome: 'failed', exitCode: 42 }, withLine(emptyRecord, 'Traceback'));
    expect(text).toContain('✗ failed, exit code 42');
    expect(text).toContain('  | Traceback');
  });

  it('treats pending revisions as an answer, not as an accident', () => {
    const record = recordOf({ ...finished, outcome: 'failed', exitCode: 3, pending: ['2027'] });
    expect(summary({ outcome: 'failed', exitCode: 3 }, record)).toMatch(
      /^! revisions are pending, exit code 3\n.*\n {2}1 revision pending: 2027/,
    );
  });

  it('gives the reason, the next step and the commands that lead on', () => {
    const text = summary(
      { outcome: 'timed-out', exitCode: 124, reason: 'it was not over within 3.0 s; the task may still run' },
      emptyRecord,
      { logEnd: 'left', followCommands: ['aws ecs describe-tasks …'] },
    );
    expect(text).toMatch(/gave up waiting, exit code 124: .* the task may still run/);
    expect(text).toContain('$ aws ecs describe-tasks');
  });

  it('does not speak of a log when the container never started', () => {
    expect(summary({ outcome: 'never-started', exitCode: 125 }, emptyRecord, { logEnd: 'never-started' })).toContain(
      'never started, so there is no log',
    );
  });
});
