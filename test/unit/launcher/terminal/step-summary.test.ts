import { describe, expect, it } from 'vitest';
import type { RunEventBody } from '../../../../src/contract/run-events.ts';
import { emptyRecord, withEvent, withLine, type RunRecord } from '../../../../src/launcher/terminal/run-record.ts';
import { stepSummary } from '../../../../src/launcher/terminal/step-summary.ts';
import { taskArn } from '../support.ts';

const mebibyte = 1024 * 1024;
const failed = {
  event: 'revision.failed',
  revision: '2026',
  name: '2026_bad',
  file: 'migrations/2026_bad.sql',
  line: 3,
  message: 'no <b>such</b> table | `x`',
  excerpt: '```\n# heading',
} as const;

function recordOf(...bodies: readonly RunEventBody[]): RunRecord {
  return bodies.reduce((record, body) => withEvent(record, { ...body, time: 't', runId: 'r' }), emptyRecord);
}
function summaryOf(record: RunRecord, outcome: 'succeeded' | 'failed' = 'failed'): string {
  const verdict = { outcome, exitCode: outcome === 'failed' ? 6 : 0, reason: undefined, nextStep: undefined };
  const task = { environment: 'staging', imageDigest: undefined, links: [] };
  return stepSummary({
    end: { verdict, taskArn, logEnd: 'end-marker', followCommands: [], task },
    record,
    phases: { running: 1_200 },
    totalMs: 2_500,
  });
}

describe('stepSummary', () => {
  it('keeps foreign text text: no table cell, heading, tag or end of a code block of its own', () => {
    const text = summaryOf(recordOf(failed));
    expect(text).toContain(
      '### ✗ Migration of staging: failed, exit code 6\\: 2026\\_bad\\: no &lt;b&gt;such&lt;/b&gt; table \\| \\`x\\`',
    );
    expect(text).toContain('````text\nmigrations/2026_bad.sql:3: no <b>such</b> table | `x`\n```\n# heading\n````');
  });

  it('shows the last lines of a failure that told nothing else', () => {
    expect(summaryOf(withLine(emptyRecord, 'Traceback'))).toContain(
      'The last lines of the log:\n\n```text\nTraceback\n```',
    );
  });

  it('stays far below 1 MiB, whatever comes', () => {
    const applied = Array.from({ length: 2_000 }, (_, index) => ({
      event: 'revision.applied' as const,
      revision: '2026',
      name: `${index}_${'|'.repeat(500)}`,
      durationMs: 1,
    }));
    const many = recordOf(...applied, {
      ...failed,
      message: 'x'.repeat(mebibyte),
      excerpt: `${'y'.repeat(mebibyte)}\n`.repeat(3),
    });
    const text = summaryOf(many);
    expect(Buffer.byteLength(text)).toBeLessThan(mebibyte);
    expect(text).toContain('… 1501 more …');
    expect(text).toContain('| 2001 | 2026\\_bad | **failed** |');
    const lines = Array.from({ length: 30 }, () => '€'.repeat(mebibyte)).reduce(withLine, emptyRecord);
    expect(Buffer.byteLength(summaryOf(lines))).toBeLessThan(mebibyte);
  });
});
