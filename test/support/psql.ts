import { execFile } from 'node:child_process';

import type { TestDatabase } from './database.ts';
import type { ProgramResult } from './programs.ts';

/** Runs a script as `psql -X -f -` on the database. */
export function runPsql(database: TestDatabase, script: string): Promise<Omit<ProgramResult, 'signal'>> {
  return new Promise((done) => {
    // No locale and no psqlrc of this machine: the script must bring all that it needs.
    const env = { PATH: process.env['PATH'], LC_ALL: 'C' };
    const child = execFile(
      'psql',
      ['-X', '-f', '-', database.url],
      { env, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) =>
        done({ exitCode: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr }),
    );
    child.stdin?.end(script);
  });
}

/** Why psql cannot be run here; `undefined` when it can. Said aloud by the tests that skip. */
export function missingPsql(): Promise<string | undefined> {
  return new Promise((done) => {
    execFile('psql', ['--version'], (error) => {
      if (error) console.warn(`psql is not installed, so the printed scripts were not run: ${error.message}`);
      done(error?.message);
    });
  });
}
