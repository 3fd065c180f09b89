import { readFile } from 'node:fs/promises';

import { AppError } from '../contract/app-error.ts';
import { exitCodes } from '../contract/exit-codes.ts';

/** As whom the server runs. PostgreSQL refuses to run as root. */
export interface ServerUser {
  /** Set when we are root and must step down. */
  readonly switchTo?: { readonly uid: number; readonly gid: number };
}

/**
 * Ourselves, or for root the account `postgres`, else `nobody` (which every Linux has): no account is created on the machine.
 * @throws AppError `no-server-user` when root finds neither account.
 */
export async function serverUser({ uid }: { uid: number | undefined }): Promise<ServerUser> {
  if (uid !== 0) return {};
  const accounts = await readFile('/etc/passwd', 'utf8');
  for (const name of ['postgres', 'nobody']) {
    const fields = accounts
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.split(':');
    if (fields) return { switchTo: { uid: Number(fields[2]), gid: Number(fields[3]) } };
  }
  throw new AppError({
    code: 'no-server-user',
    exitCode: exitCodes.usage,
    message: 'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody".',
    hint: 'Run this as an ordinary user.',
  });
}
