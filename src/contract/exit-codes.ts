/**
 * What each exit code of `migrate` and `launch-migration` means. The README's table is tested against this one.
 * Codes stay below 126 so that a shell's and a container runtime's own codes can be told apart from ours,
 * but for 130 and 143, which everybody reads as "interrupted".
 */
export const exitCodeMeanings = {
  0: 'done, or nothing to do',
  1: 'a bug in the program (stack trace on stderr)',
  2: 'usage or settings, or the environment cannot be resolved; nothing was touched',
  3: '`check`: revisions are pending',
  4: 'the database is ahead of these files (unknown newer revision)',
  5: 'history unsound: an applied file was edited, is missing, or a pending one sorts before an applied one; or the lock file disagrees; or `--plan-hash` names another plan',
  6: 'a revision failed; it was rolled back, earlier ones stay applied',
  7: 'another runner holds the lock, and the wait ran out; launcher: a migration task is already running',
  8: 'the database cannot be reached or refuses the login',
  10: 'a non-transactional revision stopped half-way; the journal says where',
  11: '`drift`, `test`, `lint` or `squash` found a difference or hazard',
  124: 'launcher gave up waiting; **the task may still run**',
  125: 'launcher: AWS refused (credentials, rights, RunTask), the task never started, or its outcome cannot be known',
  130: 'interrupted or declined (Ctrl-C); runner: rolled back; launcher: detached, the task goes on',
  143: 'terminated (SIGTERM); runner: rolled back; launcher: detached, the task goes on',
} as const;

export type ExitCode = keyof typeof exitCodeMeanings;

/** Exit code by name, so that a reader of the code need not know the numbers. */
export const exitCodes = {
  done: 0,
  bug: 1,
  usage: 2,
  pending: 3,
  databaseAhead: 4,
  historyUnsound: 5,
  revisionFailed: 6,
  locked: 7,
  databaseUnreachable: 8,
  stoppedHalfway: 10,
  differenceFound: 11,
  gaveUpWaiting: 124,
  awsRefused: 125,
  interrupted: 130,
  terminated: 143,
} as const satisfies Record<string, ExitCode>;
