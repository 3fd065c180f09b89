import type { Report } from '../report.ts';
import type { ShownLog } from '../tasks/show-log.ts';
import { createReport, type ReportOptions, type Screen } from './report.ts';
import { isLogComplete, logSentence } from './summary.ts';

/** What `logs` tells: the log is its product, so what the run events say is on stdout too; and nothing of the task. */
export interface LogReport extends Report {
  /** The last words, on whether that was all. */
  shown(log: ShownLog): void;
}

export function createLogReport(given: Screen, whole: ReportOptions): LogReport {
  // The log is the product: it is neither held back nor told to a workflow, and nothing moves below it.
  const screen = { ...given, live: undefined, actions: undefined };
  const options = { ...whole, logsOnFailure: false };
  const talk = createReport(screen, options);
  const product = options.json
    ? createReport(screen, { ...options, quiet: true })
    : createReport(
        { ...screen, stderr: screen.stdout, stderrReader: screen.stdoutReader },
        { ...options, quiet: false },
      );
  return {
    ...talk,
    lines: (lines, order) => product.lines(lines, order),
    task: () => {},
    shown({ logEnd, verdict, followCommands }) {
      if (logEnd === 'left')
        talk.warn([verdict.reason, ...followCommands.map((command) => `\n  $ ${command}`)].join(''));
      else talk.say(logSentence(logEnd));
    },
  };
}

/** The last line of `logs --json`. */
export function logEndLine({ logEnd, taskArn }: ShownLog): object {
  return {
    event: 'log.finished',
    time: new Date().toISOString(),
    taskArn: taskArn ?? null,
    logComplete: isLogComplete(logEnd),
  };
}
