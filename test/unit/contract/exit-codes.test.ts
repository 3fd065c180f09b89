import { describe, expect, it } from 'vitest';

import { exitCodeMeanings, exitCodes } from '../../../src/contract/exit-codes.ts';

/** What the pipelines of our users rely on: a number may never take another meaning. */
const promised = [
  [0, 'done', 'done, or nothing to do'],
  [1, 'bug', 'a bug in the program (stack trace on stderr)'],
  [2, 'usage', 'usage or settings, or the environment cannot be resolved; nothing was touched'],
  [3, 'pending', '`check`: revisions are pending'],
  [4, 'databaseAhead', 'the database is ahead of these files (unknown newer revision)'],
  [5, 'historyUnsound', 'history unsound: an applied file was edited, is missing, or a pending one sorts before'],
  [6, 'revisionFailed', 'a revision failed; it was rolled back, earlier ones stay applied'],
  [7, 'locked', 'another runner holds the lock, and the wait ran out; launcher: a migration task is already running'],
  [8, 'databaseUnreachable', 'the database cannot be reached or refuses the login'],
  [10, 'stoppedHalfway', 'a non-transactional revision stopped half-way; the journal says where'],
  [11, 'differenceFound', '`drift`, `test`, `lint` or `squash` found a difference or hazard'],
  [124, 'gaveUpWaiting', 'launcher gave up waiting; **the task may still run**'],
  [125, 'awsRefused', 'the task never started, or its outcome cannot be known'],
  [130, 'interrupted', 'runner: rolled back; launcher: detached, the task goes on'],
  [143, 'terminated', 'runner: rolled back; launcher: detached, the task goes on'],
] as const;

describe('the exit codes', () => {
  it('have a name and a meaning each, and no number has only one of the two', () => {
    const meant = Object.keys(exitCodeMeanings).map(Number);
    expect(Object.values(exitCodes).toSorted((left, right) => left - right)).toEqual(meant);
    expect(meant).toEqual(promised.map(([code]) => code));
  });

  it.each(promised)('%i is "%s": %s', (code, name, meaning) => {
    expect(exitCodes[name]).toBe(code);
    expect(exitCodeMeanings[code]).toContain(meaning);
  });

  it('stay below 126, where shells and container runtimes have their own, but for the two of an interruption', () => {
    const high = Object.values(exitCodes).filter((code) => code > 125);
    expect(high).toEqual([130, 143]);
  });
});
