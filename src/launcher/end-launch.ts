import { systemClock } from './clock.ts';
import { interruptionExitCode, type Interruptions } from './interruption/interruption.ts';
import type { LaunchEnd, Report } from './report.ts';
import type { Surroundings } from './surroundings.ts';

/** A CI system that cancels kills after about ten seconds, of which the summary gets this much. */
const lastWordsMs = 3_000;

/**
 * Says how the launch ended and gives its exit code. Somebody who wants to leave does leave: a reader that takes no more
 * output holds up neither a detached launch nor the next Ctrl-C.
 */
export async function endLaunch(
  { report, interruptions }: { readonly report: Report; readonly interruptions: Interruptions },
  { leave }: Surroundings,
  end: LaunchEnd,
): Promise<number> {
  const { outcome, exitCode } = end.verdict;
  void interruptions.next().then((signal) => leave(outcome === 'succeeded' ? exitCode : interruptionExitCode(signal)));
  if (outcome === 'detached') void systemClock.sleep(lastWordsMs).then(() => leave(exitCode));
  await report.end(end);
  return exitCode;
}
