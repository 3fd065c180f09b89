import type { RunEventBody } from '../contract/run-events.ts';

/** Where a command's answer and talk go; main decides how they look. */
export interface Output {
  /** A run event: NDJSON on stdout in a container and with `--json`, else text for people on stderr. */
  readonly emit: (event: RunEventBody) => void;
  /** The answer of a command that answers a question: `text`, or with `--json` one document with a `version` field. */
  readonly answer: (answer: { readonly text: string; readonly document: Readonly<Record<string, unknown>> }) => void;
  /** A remark on stderr that is no part of the answer. */
  readonly remark: (text: string) => void;
}
