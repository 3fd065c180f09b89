import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';

/** The flags of the script that this program replaces, `run_migrations.py`. */
export interface LegacyFlags {
  readonly checkOnly?: boolean | undefined;
  readonly downgrade?: string | undefined;
}

/** The command that the old script's flags mean; without any, `upgrade head`. */
export type LegacyCommand =
  | { readonly command: 'check' }
  | { readonly command: 'upgrade' | 'downgrade'; readonly target: string };

/**
 * Reads `migrate [--check-only | --downgrade N]`.
 * @throws AppError `bad-usage` (2) for both at once and for an N that is not 1 or more: in the old script `--downgrade 0` ran
 * an upgrade.
 */
export function readLegacyFlags({ checkOnly, downgrade }: LegacyFlags): LegacyCommand {
  if (checkOnly && downgrade !== undefined)
    throw usage('--check-only and --downgrade cannot be used together.', 'Choose one of them.');
  if (checkOnly) return { command: 'check' };
  if (downgrade === undefined) return { command: 'upgrade', target: 'head' };
  if (!/^[1-9]\d*$/.test(downgrade))
    throw usage(
      `--downgrade ${downgrade} is not a number of revisions from 1 up.`,
      'Write e.g. `--downgrade 1`, or `migrate downgrade <target>`.',
    );
  return { command: 'downgrade', target: `-${downgrade}` };
}

function usage(message: string, hint: string): AppError {
  return new AppError({ code: 'bad-usage', exitCode: exitCodes.usage, message, hint });
}
