import { describe, expect, it } from 'vitest';

import { createLaunchSite } from '../support/launcher.ts';

const complete = 'the log is complete (its end marker was read)';

/** What the launcher shows of one script revision with this body. */
async function launchScript(body: string) {
  const { launch } = await createLaunchSite({
    files: { '20260101000001_talk.ts': `export const up = async () => {\n${body}\n};\n` },
  });
  return launch(['development']);
}

describe('what a script revision writes past the console', () => {
  it('is counted, so that the log is proven complete: text, bytes, empty lines, both streams', async () => {
    const { exitCode, stdout, stderr } = await launchScript(`
      process.stdout.write('one\\n\\ntwo\\n');
      process.stdout.write('thr'); process.stdout.write(Buffer.from('ee\\n'));
      process.stderr.write('four\\n');`);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').toSorted()).toEqual(['', 'four', 'one', 'three', 'two']);
    expect(stderr).toContain(complete);
  });

  it('and leaves without the end of its line cannot swallow the event after it', async () => {
    const { exitCode, stdout, stderr } = await launchScript(
      `process.stdout.write('no end'); process.stderr.write('none either');`,
    );
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').toSorted()).toEqual(['', 'no end', 'none either']);
    expect(stderr).toContain('1/1 applied 20260101000001_talk');
    expect(stderr).toContain(complete);
  });

  it('through a child process cannot be counted, and then nobody claims that nothing is missing', async () => {
    const { exitCode, stdout, stderr } = await launchScript(`
      const { execFileSync } = await import('node:child_process');
      execFileSync(process.execPath, ['-e', 'console.log("of a child")'], { stdio: 'inherit' });`);
    expect(exitCode).toBe(0);
    expect(stdout).toBe('of a child\n');
    expect(stderr).toContain('whether a line before it is missing cannot be known');
  });
});
