import { formatDuration } from '../../contract/duration.ts';
import type { Report } from '../report.ts';
import type { Settings } from '../settings/settings.ts';
import { utcTime } from '../../contract/utc-time.ts';

/** Says before anything is waited for that the credentials may end first. */
export function warnOfSession(
  { aws, report }: { readonly aws: Pick<Wait, 'sessionEndsAtMs'>; readonly report: Pick<Report, 'warn'> },
  { timeout: timeoutMs }: Pick<Settings, 'timeout'>,
): void {
  const warning = sessionWarning({ sessionEndsAtMs: aws.sessionEndsAtMs, timeoutMs, nowMs: Date.now() });
  if (warning !== undefined) report.warn(warning);
}

interface Wait {
  readonly sessionEndsAtMs: number | undefined;
  /** `undefined`: as long as it takes. */
  readonly timeoutMs: number | undefined;
  readonly nowMs: number;
}

/** Why the credentials may not outlive the wait, or `undefined` when they do or nothing is known. */
export function sessionWarning({ sessionEndsAtMs, timeoutMs, nowMs }: Wait): string | undefined {
  if (sessionEndsAtMs === undefined || timeoutMs === undefined || sessionEndsAtMs >= nowMs + timeoutMs)
    return undefined;
  const left = formatDuration(Math.max(0, sessionEndsAtMs - nowMs));
  return `The AWS session ends at ${utcTime(sessionEndsAtMs)}, in ${left}, before --timeout (${formatDuration(timeoutMs)}). Unless it renews itself, the task cannot be followed from then on; it goes on by itself.`;
}
