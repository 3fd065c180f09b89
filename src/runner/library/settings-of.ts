import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { readSettings } from '../settings/read-settings.ts';
import type { Flags, Settings } from '../settings/settings-table.ts';
import type { MigrateOptions } from './options.ts';

const durations = {
  lockWaitMs: 'lockWait',
  lockTimeoutMs: 'lockTimeout',
  lockRetryForMs: 'lockRetryFor',
  statementTimeoutMs: 'statementTimeout',
  scriptTimeoutMs: 'scriptTimeout',
  waitForDatabaseMs: 'waitForDatabase',
  budgetMs: 'budget',
  replicaLagMs: 'replicaLag',
} as const;

/** The settings that the options mean. @throws AppError `bad-options` (2), and `bad-settings` (2) for what `env` holds. */
export function settingsOf(options: MigrateOptions): Settings {
  const { migrations, historySchema, role, planHash, env = {} } = options;
  const given: Record<string, string> = {};
  for (const [option, setting] of Object.entries(durations)) {
    const ms = options[option as keyof typeof durations];
    if (ms === undefined) continue;
    // PostgreSQL's settings and Node's timers end at 24 days; 0 would mean "no limit" to some of them, so round up.
    if (!(ms >= 0 && ms <= 2_147_483_647)) throw badOption(option, 'is no number of milliseconds from 0 to 24 days');
    given[setting] = `${Math.ceil(ms)}ms`;
    if (setting === 'waitForDatabase') given['skipWait'] = 'false';
  }
  if (options.editedBackfill !== undefined) given['editedBackfill'] = options.editedBackfill;
  if (options.atomic !== undefined) given['atomic'] = String(options.atomic);
  if (options.keepAlembic !== undefined) given['keepAlembic'] = String(options.keepAlembic);
  for (const [option, value] of Object.entries({ migrations, historySchema, role, planHash })) {
    if (value === '') throw badOption(option, 'is empty');
    if (value !== undefined) given[option] = value;
  }
  return readSettings(given satisfies Flags, env);
}

function badOption(option: string, problem: string): AppError {
  return new AppError({
    code: 'bad-options',
    exitCode: exitCodes.usage,
    message: `The option ${option} ${problem}.`,
    hint: 'See docs/library.md.',
  });
}
