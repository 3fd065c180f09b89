import * as z from 'zod/mini';

import { described, flag, text, textOrNull } from '../documents/fields.ts';

/** One revision of a plan. */
const plannedRevision = z.strictObject({
  revision: text('id'),
  name: text('name'),
  file: text('path'),
  transactional: flag('false: statement by statement'),
  isScript: flag('what a script sends is known when it runs, so it has no statements here'),
  reversible: described(z.enum(['stored', 'by its file', 'no']), 'where its down is'),
  halfway: textOrNull('how far an earlier run came that stopped in it; null without one'),
  statements: described(
    z.readonly(
      z.array(
        z.strictObject({
          statement: described(z.number(), '1 for the first'),
          line: described(z.number(), 'line of the file'),
          text: text('its beginning, on one line'),
          hasRun: flag('an earlier run, which stopped half-way, has finished it'),
          batch: described(
            z.nullable(z.number()),
            'most rows of a batch, when it runs in batches (`-- migrate:batch`)',
          ),
          locks: described(
            z.readonly(
              z.array(
                z.strictObject({
                  relation: text('schema and name'),
                  mode: text('as PostgreSQL names it'),
                  effect: described(z.enum(['instant', 'scan', 'build', 'rewrite']), 'what is done under it'),
                  fromMs: described(z.nullable(z.number()), 'how long that takes, at best; null: unknown'),
                  toMs: described(z.nullable(z.number()), 'and at worst'),
                  heldFromMs: described(
                    z.nullable(z.number()),
                    'how long the lock is held for it and for all that follows in the transaction, at best; null: unknown',
                  ),
                  heldToMs: described(z.nullable(z.number()), 'and at worst'),
                }),
              ),
            ),
            'on what was there before the revision',
          ),
        }),
      ),
    ),
    'in order',
  ),
  hazards: described(
    z.readonly(
      z.array(
        z.strictObject({
          rule: text('rule of `migrate lint`'),
          severity: text('`error`, `warning` or `notice`'),
          line: described(z.number(), 'line of the file'),
          statement: described(z.number(), 'which statement; 0 when it is about the file'),
          message: text('what happens'),
          recipe: textOrNull('the safe way, as SQL'),
          allowed: textOrNull('why it is accepted (`-- migrate:allow`); null when nobody has accepted it'),
        }),
      ),
    ),
    'what the rules of `migrate lint` object to, accepted or not',
  ),
});

/** What `migrate plan` answers. */
export const upgradePlan = z.strictObject({
  current: textOrNull('name of the newest applied revision; null at base'),
  revisions: described(z.readonly(z.array(plannedRevision)), 'what upgrade would run, in order'),
  tables: described(
    z.readonly(
      z.array(
        z.strictObject({
          relation: text('schema and name'),
          rows: described(z.nullable(z.number()), 'by the statistics; null before the first ANALYZE'),
          bytes: described(z.number(), 'all of it, with its partitions'),
          tableBytes: described(z.number(), 'of that the rows'),
          toastBytes: described(z.number(), 'what is stored out of line'),
          indexBytes: described(z.number(), 'the indexes'),
          indexes: described(z.number(), 'most indexes that one of its parts has'),
          partitions: described(z.number(), '0 for a table that is not partitioned'),
          readsPerSecond: described(z.number(), 'scans that begin, in the two seconds of the plan'),
          writesPerSecond: described(z.number(), 'rows inserted, changed or deleted, in the same two'),
        }),
      ),
    ),
    'the tables that would be locked',
  ),
  readPace: described(
    z.strictObject({
      megabytesPerSecond: described(z.number(), 'at which the slow end of a time reads a table'),
      from: described(z.enum(['measured', 'assumed']), 'measured by this database (`track_io_timing`), or assumed'),
    }),
    'what the times rest on',
  ),
  seesSessions: flag('whether the login may see what other sessions do; false: obstacles may be missing'),
  obstacles: described(
    z.readonly(
      z.array(
        z.strictObject({
          kind: described(
            z.enum([
              'another runner',
              'holds a lock',
              'waits for a lock',
              'idle in transaction',
              'long transaction',
              'prepared transaction',
              'wraparound vacuum',
              'standby',
              'replication slot',
            ]),
            'what it is',
          ),
          pid: described(z.nullable(z.number()), 'process id of the backend; null where there is none'),
          text: text('who or what, on one line'),
          relation: textOrNull('the table that it stands before; null for all'),
        }),
      ),
    ),
    'who is in the way at this moment, as far as the login may see it',
  ),
  planHash: text('for `upgrade --plan-hash`'),
});
