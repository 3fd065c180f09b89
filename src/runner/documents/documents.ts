import * as z from 'zod/mini';

import { upgradePlan } from '../plan/plan-document.ts';
import { adoptionDocuments } from './adoption-documents.ts';
import { authoringDocuments } from './authoring-documents.ts';
import { described, flag, text, textOrNull } from './fields.ts';
import { historyDocuments } from './history-documents.ts';
import { driftDocument, dumpDocument, squashDocument } from './schema-documents.ts';

/**
 * The shapes of what commands answer: the document of `--json` and the result of the library's function are the same.
 * docs/json.md is written from here (`npm run docs`), and a test holds the built program's output against it.
 * A field is never left out: what is not known is null.
 */
export const documents = {
  ...historyDocuments,
  upgradePlan,
  ...authoringDocuments,
  drift: driftDocument,
  dump: dumpDocument,
  squash: squashDocument,
  ...adoptionDocuments,
  doctor: z.strictObject({
    healthy: flag('no problem was found'),
    exitCode: described(z.number(), 'how a run would end: the code of the worst problem, 0 without one'),
    findings: described(
      z.readonly(
        z.array(
          z.strictObject({
            level: described(z.enum(['ok', 'warning', 'problem']), 'how bad'),
            what: text('what was looked at'),
            message: text('what was found'),
            next: described(z.optional(z.string()), 'what to do about it'),
            exitCode: described(z.optional(z.number()), 'of a problem: how a command that meets it would end'),
          }),
        ),
      ),
      'everything that was looked at, in order',
    ),
  }),
  error: z.strictObject({
    error: described(
      z.strictObject({
        code: text('stable name of the problem'),
        exitCode: described(z.number(), 'exit code of the program'),
        message: text('what happened to what'),
        hint: textOrNull('what to do about it'),
      }),
      'why there is no answer',
    ),
  }),
} as const;

export type DocumentName = keyof typeof documents;
export type AnswerDocument<Name extends DocumentName> = Readonly<z.infer<(typeof documents)[Name]>>;
export type RevisionDocument = AnswerDocument<'show'>;

/** A revision that an upgrade would apply. */
export interface PendingRevision {
  readonly revision: string;
  readonly name: string;
  readonly file: string;
  /** Whether it runs in a transaction of its own. */
  readonly transactional: boolean;
  /** Statements of a `.sql` revision; null for a script, which says so only by running. */
  readonly statements: number | null;
}
