import type { AppError } from '../contract/app-error.ts';
import type { RunEventBody } from '../contract/run-events.ts';

/** What a command tells while it works. */
export interface Talk {
  /** A run event: NDJSON on stdout in a container and with `--json`, else text for people on stderr. */
  readonly emit: (event: RunEventBody) => void;
  /** A remark that is no part of the answer. */
  readonly remark: (text: string) => void;
}

/** Where a command's talk and answer go; main decides how they look. */
export interface Output extends Pick<Talk, 'emit'> {
  /** The answer of a command that answers a question: `text`, or with `--json` one document with a `version` field. */
  readonly answer: (answer: { readonly text: string; readonly document: object }) => void;
  /** With `--json`: the document that stands in the place of the answer. The failure itself was an event. */
  readonly refuse: (error: AppError) => void;
}
