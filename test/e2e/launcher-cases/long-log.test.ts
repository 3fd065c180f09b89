import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

import { createLaunchCase } from '../../support/launch-case.ts';

const lineCount = 100_000;
/** 100 characters each, as a chatty migration writes. */
const script = `for (let i = 0; i < ${lineCount}; i += 1) say(('line ' + i + ' ').padEnd(100, '.')); finish(0);`;

it('100,000 lines come once and in order, within 200 MiB, and the prompt soon after', async () => {
  const { startLaunch, aws } = await createLaunchCase({ script, logDelayMs: 200 });
  const launch = startLaunch();
  const sampler = samplePeak(launch.child.pid ?? 0);
  let next = 0;
  let inOrder = true;
  let unfinished = '';
  launch.child.stdout?.on('data', (chunk: string) => {
    const lines = (unfinished + chunk).split('\n');
    unfinished = lines.pop() ?? '';
    for (const line of lines) inOrder &&= line.startsWith(`line ${next++} .`);
  });
  const { exitCode, stderr } = await launch.finished;
  const endedAt = Date.now();
  const peakMiB = await sampler();
  const lastPage = aws.requests.findLast(({ operation }) => operation === 'GetLogEvents')?.time ?? 0;
  console.log(`100,000 lines: peak ${peakMiB} MiB, ${endedAt - lastPage} ms from the last page to the prompt`);
  expect(exitCode).toBe(0);
  expect({ next, inOrder }).toEqual({ next: lineCount, inOrder: true });
  expect(stderr).toContain('the log is complete');
  expect(peakMiB).toBeLessThanOrEqual(200);
  expect(endedAt - lastPage).toBeLessThanOrEqual(2_000);
}, 180_000);

/** Looks at the process ten times a second; gives the peak of its resident memory (VmHWM, where /proc is). */
function samplePeak(pid: number): () => Promise<number> {
  let peakKiB = 0;
  const look = async (): Promise<void> => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    peakKiB = Math.max(peakKiB, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
  };
  const timer = setInterval(() => void look(), 100);
  return async () => {
    clearInterval(timer);
    await look();
    return Math.round(peakKiB / 1_024);
  };
}
