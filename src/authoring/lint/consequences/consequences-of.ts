import type { Node } from '@pgsql/types';

import { findRelation } from '../knowledge.ts';
import { namesIn, listIn } from '../tree.ts';
import { alterTable } from './alter-table.ts';
import { lockOn, type Case, type Consequence } from './consequence.ts';
import { createTable } from './create-table.ts';
import { drop } from './drops.ts';
import { createIndex, reindex } from './indexes.ts';
import { moveToSchema, rename } from './renames.ts';
import { changeRows, insertRows, revoke, runCode } from './rows.ts';
import { createPolicy, createRule, createTrigger, createView } from './triggers.ts';
import { alterDomain, alterEnum } from './types.ts';
import { refreshCollation, refreshDatabaseCollation, updateExtension } from './upgrades.ts';
import { needsNewerPostgres } from './version-gates.ts';
import { cluster, lockTable, refresh, truncate, vacuum } from './whole-table.ts';

/** What the statement does to what is there, part by part. */
export function consequencesOf(subject: Case): readonly Consequence[] {
  const { node } = subject.statement;
  return node ? [...needsNewerPostgres(node, subject.versions), ...ofNode(node, subject)] : [];
}

function ofNode(node: Node, subject: Case): readonly Consequence[] {
  if ('AlterTableStmt' in node) return alterTable(node.AlterTableStmt, subject);
  if ('IndexStmt' in node) return createIndex(node.IndexStmt, subject);
  if ('CreateStmt' in node) return createTable(node.CreateStmt, subject);
  if ('DropStmt' in node) return drop(node.DropStmt, subject);
  if ('RenameStmt' in node) return rename(node.RenameStmt, subject);
  if ('AlterObjectSchemaStmt' in node) return moveToSchema(node.AlterObjectSchemaStmt, subject);
  if ('ReindexStmt' in node) return reindex(node.ReindexStmt, subject);
  if ('TruncateStmt' in node) return truncate(node.TruncateStmt, subject);
  if ('LockStmt' in node) return lockTable(node.LockStmt, subject);
  if ('VacuumStmt' in node) return vacuum(node.VacuumStmt, subject);
  if ('ClusterStmt' in node) return cluster(node.ClusterStmt, subject);
  if ('RefreshMatViewStmt' in node) return refresh(node.RefreshMatViewStmt, subject);
  if ('CreateTrigStmt' in node) return createTrigger(node.CreateTrigStmt, subject);
  if ('CreatePolicyStmt' in node) return createPolicy(node.CreatePolicyStmt, subject);
  if ('AlterPolicyStmt' in node) return createPolicy(node.AlterPolicyStmt, subject);
  if ('RuleStmt' in node) return createRule(node.RuleStmt, subject);
  if ('ViewStmt' in node) return createView(node.ViewStmt, subject);
  if ('AlterDomainStmt' in node) return alterDomain(node.AlterDomainStmt, subject);
  if ('AlterEnumStmt' in node) return alterEnum(node.AlterEnumStmt, subject);
  if ('UpdateStmt' in node) return changeRows(node.UpdateStmt, 'UPDATE', subject);
  if ('DeleteStmt' in node) return changeRows(node.DeleteStmt, 'DELETE', subject);
  if ('InsertStmt' in node) return insertRows(node.InsertStmt, subject);
  if ('CopyStmt' in node && node.CopyStmt.is_from === true) return insertRows(node.CopyStmt, subject);
  if ('DoStmt' in node) return runCode('DO');
  if ('CallStmt' in node) return runCode('CALL');
  if ('GrantStmt' in node) return revoke(node.GrantStmt);
  if ('AlterExtensionStmt' in node) return updateExtension(node.AlterExtensionStmt);
  if ('AlterCollationStmt' in node) return refreshCollation(node.AlterCollationStmt);
  if ('AlterDatabaseRefreshCollStmt' in node) return refreshDatabaseCollation(node.AlterDatabaseRefreshCollStmt.dbname);
  if ('CommentStmt' in node) return commentOn(node.CommentStmt, subject);
  if ('CreateStatsStmt' in node) {
    const tables = (node.CreateStatsStmt.relations ?? []).flatMap((item) =>
      'RangeVar' in item ? [item.RangeVar] : [],
    );
    return tables.map((table) => ({ locks: lockOn(findRelation(subject.knowledge, table), 'SHARE UPDATE EXCLUSIVE') }));
  }
  return [];
}

function commentOn(
  { objtype, object }: { readonly objtype?: string; readonly object?: Node },
  { knowledge }: Case,
): readonly Consequence[] {
  const names = namesIn(listIn(object));
  const isColumn = objtype === 'OBJECT_COLUMN';
  if (!isColumn && objtype !== 'OBJECT_TABLE' && objtype !== 'OBJECT_VIEW' && objtype !== 'OBJECT_MATVIEW') return [];
  const path = isColumn ? names.slice(0, -1) : names;
  const relation = findRelation(knowledge, {
    ...(path.length > 1 && { schemaname: path.at(-2) ?? '' }),
    relname: path.at(-1) ?? '',
  });
  return [{ locks: lockOn(relation, 'SHARE UPDATE EXCLUSIVE') }];
}
