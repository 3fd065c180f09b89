import { describe, expect, it } from 'vitest';

import { formatLockFile, lockFileProblems } from '../../../../src/runner/files/lock-file.ts';

const first = { name: '20260101000000_create_users', checksum: 'a'.repeat(64) };
const second = { name: '20260102000000_add_phone', checksum: 'b'.repeat(64) };

describe('formatLockFile', () => {
  it('says what it is, then names every revision with its checksum in order', () => {
    const lines = formatLockFile([first, second]).split('\n');
    expect(lines.filter((line) => line.startsWith('#'))).toHaveLength(2);
    expect(lines.filter((line) => !line.startsWith('#'))).toEqual([
      `${first.name} ${first.checksum}`,
      `${second.name} ${second.checksum}`,
      '',
    ]);
  });

  it.each([[[]], [[first]], [[first, second]]])('what it writes has no problem', (revisions) => {
    expect(lockFileProblems(formatLockFile(revisions), revisions)).toEqual([]);
  });
});

describe('lockFileProblems', () => {
  const both = formatLockFile([first, second]);

  it.each([
    ['no lock file', undefined, [first], ['migrations.lock is missing']],
    ['an empty one', '', [first], ['20260101000000_create_users is not in migrations.lock']],
    ['a file too many', both, [first], ['20260102000000_add_phone is in migrations.lock, but its file is missing']],
    ['a new file', formatLockFile([first]), [first, second], ['20260102000000_add_phone is not in migrations.lock']],
    [
      'an edited file',
      both,
      [{ ...first, checksum: 'c'.repeat(64) }, second],
      ['20260101000000_create_users was edited after it was written to migrations.lock'],
    ],
    [
      'the same line twice',
      `${both}${first.name} ${first.checksum}\n`,
      [first, second],
      ['migrations.lock:5 names 20260101000000_create_users a second time'],
    ],
    [
      'a conflict of git',
      `${formatLockFile([first])}<<<<<<< HEAD\n${second.name} ${second.checksum}\n`,
      [first, second],
      ['migrations.lock:4 holds the marks of an unfinished merge'],
    ],
    [
      'a checksum in capitals',
      `${first.name} ${'A'.repeat(64)}\n`,
      [first],
      ['migrations.lock:1 is not "name sha256"', '20260101000000_create_users is not in migrations.lock'],
    ],
    [
      'a renamed file',
      formatLockFile([first]),
      [second],
      [
        '20260101000000_create_users is in migrations.lock, but its file is missing',
        '20260102000000_add_phone is not in migrations.lock',
      ],
    ],
  ])('%s', (_what, lockText, revisions, problems) => {
    expect(lockFileProblems(lockText, revisions)).toEqual(problems);
  });

  it.each([
    ['line ends of Windows', both.replaceAll('\n', '\r\n')],
    ['empty lines and comments', `\n${both}\n# mine\n  \n`],
    ['blanks at the end of a line', both.replaceAll(/$/gm, '  ')],
    ['no newline at the end', both.trimEnd()],
    ['a byte order mark, which an editor on Windows adds', `\ufeff${both}`],
  ])('no problem: %s', (_what, lockText) => {
    expect(lockFileProblems(lockText, [first, second])).toEqual([]);
  });
});
