import type { AppError } from '../contract/app-error.ts';
import type { LogLine } from './aws/logs.ts';
import type { TaskSnapshot } from './aws/task-snapshot.ts';
import type { ConsoleLink } from './way-back/console-links.ts';
import type { LogEnd } from './log/follow-log.ts';
import type { Target } from './target/target.ts';
import type { TaskDefinition } from './aws/task-definition.ts';
import type { Verdict } from './verdict/verdict.ts';

/** What is about to be launched. */
export interface LaunchPlan {
  readonly target: Target;
  readonly definition: TaskDefinition;
  readonly image: string;
  /** `undefined`: the task's own command. */
  readonly command: readonly string[] | undefined;
}

/** How a launch ended, for the summary and for machines. */
export interface LaunchEnd {
  readonly verdict: Verdict;
  readonly taskArn: string | undefined;
  /** `never-started`: there is no log; `left`: we stopped listening before its end. */
  readonly logEnd: LogEnd | 'never-started' | 'left';
  /** Commands that lead on, to a task that may still run or to a log that may hold more. */
  readonly followCommands: readonly string[];
  /** Absent when no task is known. */
  readonly task?: TaskFacts;
}

/** What is worth knowing of a task besides how it ended. */
export interface TaskFacts {
  readonly environment: string;
  /** What exactly ran: `sha256:…`, when ECS said so. */
  readonly imageDigest: string | undefined;
  readonly links: readonly ConsoleLink[];
}

/** What a launch tells the one who waits for it. */
export interface Report {
  /** Something that people like to know; not with --quiet. */
  say(text: string): void;
  /** Something for --verbose. */
  detail(text: string): void;
  warn(text: string): void;
  plan(plan: LaunchPlan): void;
  task(task: TaskSnapshot): void;
  lines(lines: readonly LogLine[], order: 'in-order' | 'late'): Promise<void>;
  /** Asks a person something: what moves is taken off the terminal meanwhile, and what would be printed waits. */
  duringQuestion<Answer>(question: () => Promise<Answer>): Promise<Answer>;
  /** No task was started, or none was followed; the error itself is told by main. */
  refused(error: AppError): Promise<void>;
  end(end: LaunchEnd): Promise<void>;
}
