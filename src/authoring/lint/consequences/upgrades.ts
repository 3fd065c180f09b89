import { quotedIdentifier, quotedName } from '../knowledge.ts';
import { qualifiedName } from '../tree.ts';
import type { AlterCollationStmt, AlterExtensionStmt } from '@pgsql/types';
import type { Consequence } from './consequence.ts';

/** ALTER EXTENSION … UPDATE runs a script of somebody else. */
export function updateExtension({ extname = '' }: AlterExtensionStmt): readonly Consequence[] {
  return [
    {
      locks: [],
      objection: {
        rule: 'update-extension',
        message: `runs the upgrade scripts of ${quotedIdentifier(extname)}, which may lock tables and change what its functions and operators answer; indexes that use them may need a REINDEX`,
        recipe: ['-- read its release notes, and run it alone, first where nobody else works'],
      },
    },
  ];
}

export function refreshCollation({ collname = [] }: AlterCollationStmt): readonly Consequence[] {
  const { schema, name } = qualifiedName(collname);
  return [refreshed(`the collation ${quotedName(schema, name)}`)];
}

export function refreshDatabaseCollation(dbname = ''): readonly Consequence[] {
  return [refreshed(`the collation of the database ${quotedIdentifier(dbname)}`)];
}

/** It ends the warning that something is wrong, not what is wrong. */
function refreshed(what: string): Consequence {
  return {
    locks: [],
    objection: {
      rule: 'refresh-collation-version',
      message: `says that ${what} is as the operating system has it now, and checks nothing: an index in the old order misses rows and lets doubles in`,
      recipe: [
        '-- before it, without a transaction: REINDEX INDEX CONCURRENTLY of each index of texts in that collation',
        '-- (contrib/amcheck tells which are in the wrong order: bt_index_check)',
      ],
    },
  };
}
