import type { ExitCode } from '../contract/exit-codes.ts';
import type { Replay } from './replay.ts';
import type { ScratchOptions } from './scratch/server-lease.ts';

/** The outside world of authoring. */
export interface Surroundings {
  readonly scratch: ScratchOptions;
  readonly replay: Replay;
  readonly now: () => Date;
}

/** What an authoring command answers: for people, as a document, and the exit code that it stands for. */
export interface AuthoringAnswer<Document> {
  readonly exitCode: ExitCode;
  readonly text: string;
  readonly document: Document;
}
