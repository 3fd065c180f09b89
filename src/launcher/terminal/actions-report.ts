import type { AppError } from '../../contract/app-error.ts';
import { writeActionsFiles, type ActionsFiles } from './actions-files.ts';
import { stepSummary } from './step-summary.ts';
import { headlineText, isAnswer, type Summary } from './summary.ts';
import { annotation, beginGroup, endGroup, mostAnnotations, pathInRepository } from './workflow-commands.ts';

/** What a launch tells GitHub Actions besides its lines. */
export interface ActionsReport {
  /** Folds what follows, once. */
  beginLog(): void;
  /** Shows a warning on the page of the run; `false` when there have been enough. */
  warn(text: string): boolean;
  /** No task was started; the error itself is told by main. Gives back warnings of its own. */
  refused(error: AppError): Promise<readonly string[]>;
  /** Ends the folding, marks the failure, writes outputs and job summary. Gives back warnings of its own. */
  end(summary: Summary): Promise<readonly string[]>;
}

/** `print` writes one line where the runner reads it. One annotation is kept for the failure. */
export function createActionsReport(files: ActionsFiles, print: (line: string) => void): ActionsReport {
  let folding: 'not-yet' | 'folding' | 'ended' = 'not-yet';
  let warnings = 0;
  const endLog = (): void => {
    if (folding === 'folding') print(endGroup);
    folding = 'ended';
  };
  return {
    beginLog() {
      if (folding !== 'not-yet') return;
      print(beginGroup('The log of the migration'));
      folding = 'folding';
    },
    warn(text) {
      warnings += 1;
      if (warnings >= mostAnnotations) return false;
      print(annotation({ level: 'warning', message: text, title: 'launch-migration' }));
      return true;
    },
    async refused({ exitCode }) {
      endLog();
      const outputs = outputsOf({ outcome: 'never-started', exitCode, taskArn: undefined });
      return writeActionsFiles(files, outputs, '');
    },
    async end(summary) {
      endLog();
      const { verdict, taskArn } = summary.end;
      const failure = failureAnnotation(summary);
      if (failure !== undefined) print(failure);
      const { applied, finished } = summary.record;
      const current = finished && finished.recordRead !== false ? (finished.current ?? 'base') : undefined;
      const { planHash } = finished ?? {};
      const outputs = outputsOf({ ...verdict, taskArn, applied: applied.length, current, planHash });
      return writeActionsFiles(files, outputs, stepSummary(summary));
    },
  };
}

function failureAnnotation(summary: Summary): string | undefined {
  const { verdict } = summary.end;
  const { failed } = summary.record;
  if (verdict.outcome === 'succeeded' || isAnswer(verdict, summary.record)) return undefined;
  const title = `launch-migration: ${verdict.outcome}, exit code ${verdict.exitCode}`;
  if (!failed) {
    const { text } = headlineText(summary);
    const { nextStep } = verdict;
    return annotation({ level: 'error', message: nextStep === undefined ? text : `${text}\n${nextStep}`, title });
  }
  const { file, line, column, message, excerpt } = failed;
  return annotation({
    level: 'error',
    title: `${failed.name} failed`,
    message: excerpt === undefined ? message : `${message}\n${excerpt}`,
    file: pathInRepository(file),
    line,
    column,
  });
}

/** The outputs of the step; all of them, always, so that a workflow need not ask whether one is there. */
function outputsOf(result: {
  readonly outcome: string;
  readonly exitCode: number;
  readonly taskArn: string | undefined;
  readonly applied?: number;
  readonly current?: string | undefined;
  readonly planHash?: string | undefined;
}): Readonly<Record<string, string>> {
  return {
    outcome: result.outcome,
    'exit-code': String(result.exitCode),
    'task-arn': result.taskArn ?? '',
    'applied-count': String(result.applied ?? 0),
    current: result.current ?? '',
    'plan-hash': result.planHash ?? '',
  };
}
