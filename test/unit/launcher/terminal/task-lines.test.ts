import { describe, expect, it } from 'vitest';
import type { TaskSnapshot } from '../../../../src/launcher/aws/task-snapshot.ts';
import { taskDocument, taskLines } from '../../../../src/launcher/terminal/task-lines.ts';
import type { Verdict } from '../../../../src/launcher/verdict/verdict.ts';
import { task } from '../support.ts';

const listing = (fields: Partial<TaskSnapshot>, verdict?: Verdict) => ({
  environment: 'staging',
  cluster: 'staging-wumbo-cluster',
  family: 'staging-wumbo-migration',
  tasks: [{ task: task(fields), verdict }],
});
const atMs = Date.UTC(2026, 10, 22, 10);
const line = (fields: Partial<TaskSnapshot>, verdict?: Verdict): string | undefined =>
  taskLines(listing(fields, verdict), atMs + 65_000)[1];
const ended = (verdict: Partial<Verdict>): Verdict => ({
  outcome: 'failed',
  exitCode: 6,
  reason: undefined,
  nextStep: undefined,
  ...verdict,
});

describe('taskLines', () => {
  it('says since when a task runs, and for how long', () => {
    expect(line({ lastStatus: 'RUNNING', startedBy: 'ada', createdAtMs: atMs - 9_000, startedAtMs: atMs })).toMatch(
      /^0123456789abcdef {2}staging-wumbo-migration:7 {2}ada +running {2}2026-11-22 10:00:00 UTC {2}1 min 5 s {2}-$/,
    );
  });

  it('has no duration for a task that has not started', () => {
    expect(line({ lastStatus: 'PENDING', createdAtMs: atMs, startedAtMs: undefined })).toMatch(
      / pending {2}2026-11-22 10:00:00 UTC {2}- +-$/,
    );
  });

  it('says that a task stops although AWS still calls it running', () => {
    expect(line({ lastStatus: 'RUNNING', stopCode: 'UserInitiated', startedAtMs: atMs })).toContain(' stopping ');
  });

  it.each([
    [ended({ outcome: 'succeeded', exitCode: 0 }), 'succeeded'],
    [ended({}), 'failed, exit code 6'],
    [ended({ outcome: 'killed', exitCode: 137, reason: 'out of memory' }), 'killed, exit code 137: out of memory'],
    [ended({ outcome: 'never-started', exitCode: 125, reason: 'no such image' }), 'never started: no such image'],
    [undefined, 'Essential container exited'],
  ])('tells how a stopped task ended (%#)', (verdict, words) => {
    const stopped = { startedAtMs: atMs, stoppedAtMs: atMs + 2_000, stoppedReason: 'Essential container exited' };
    expect(line(stopped, verdict)).toMatch(new RegExp(` stopped {2}2026-11-22 10:00:02 UTC {2}2.0 s +${words}$`));
  });

  it('lets no control character of AWS’s words through', () => {
    const text = line({}, ended({ reason: 'a\u001b[2J\nb' }));
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\n');
  });
});

describe('taskDocument', () => {
  it('has a version, and null for what is not known', () => {
    expect(taskDocument(listing({ lastStatus: 'RUNNING', startedAtMs: atMs }), atMs + 1_000)).toMatchObject({
      version: 1,
      tasks: [
        { startedBy: null, startedAt: '2026-11-22T10:00:00.000Z', durationMs: 1_000, stoppedAt: null, exitCode: null },
      ],
    });
  });
});
