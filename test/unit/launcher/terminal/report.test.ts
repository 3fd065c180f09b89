import { describe, expect, it } from 'vitest';
import type { RunEventBody } from '../../../../src/contract/run-events.ts';
import type { OutputStream } from '../../../../src/launcher/terminal/output-stream.ts';
import { createReport, type ReportOptions } from '../../../../src/launcher/terminal/report.ts';
import { task } from '../support.ts';

function reportOn(options: Partial<ReportOptions> = {}) {
  let nowMs = 0;
  let written = '';
  const stream: OutputStream = {
    write: (text) => (written += text),
    ready: () => Promise.resolve(),
    flushed: () => Promise.resolve(),
  };
  const reader = { colours: false, githubActions: false };
  const report = createReport(
    { stdout: stream, stderr: stream, stdoutReader: reader, stderrReader: reader, now: () => nowMs },
    { json: false, verbose: false, quiet: false, logsOnFailure: false, aliveMs: 30_000, ...options },
  );
  return {
    ...report,
    /** A look at the running task so many seconds later; what was printed since the last. */
    after: (seconds: number): string => {
      written = '';
      nowMs += seconds * 1_000;
      report.task(task({ lastStatus: 'RUNNING', startedAtMs: undefined }));
      return written;
    },
    event: (body: RunEventBody) =>
      report.lines(
        [{ timestampMs: 0, message: JSON.stringify({ time: '2026-11-22T10:00:00.000Z', runId: 'r', ...body }) }],
        'in-order',
      ),
  };
}
const started = {
  event: 'revision.started',
  revision: '2026',
  name: '2026_users',
  direction: 'up',
  index: 2,
  count: 3,
  transactional: true,
} as const;

describe('createReport', () => {
  it('shows in plain lines that a silent task is alive, every half minute, and what it is at', async () => {
    const { after, event } = reportOn();
    expect(after(0)).toBe('· running\n');
    expect(after(29)).toBe('');
    expect(after(1)).toBe('· still running (30.0 s)\n');
    await event(started);
    expect(after(29)).toBe('');
    expect(after(1)).toBe('· still running (1 min 0 s): 2/3 2026_users\n');
    const progress = { event: 'statement.progress', revision: '2026', statement: 4, statements: 9 } as const;
    await event(progress);
    expect(after(30)).toBe('· still running (1 min 30 s): 2/3 2026_users, statement 4 of 9\n');
  });

  it('is not silent while the log is held back', async () => {
    const { after, event } = reportOn({ logsOnFailure: true });
    after(0);
    await event({ event: 'message', level: 'info', text: 'held' });
    expect(after(30)).toBe('· still running (30.0 s)\n');
  });

  it('says nothing of it with --quiet', () => {
    const { after } = reportOn({ quiet: true });
    expect(after(0) + after(60)).toBe('');
  });
});
