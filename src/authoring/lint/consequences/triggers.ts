import type { CreatePolicyStmt, CreateTrigStmt, RuleStmt, ViewStmt } from '@pgsql/types';

import { familyOf, findRelation, isInUse } from '../knowledge.ts';
import { lockOn, lockOnKey, objecting, type Case, type Consequence } from './consequence.ts';

export function createTrigger(
  { relation = {}, trigname = '', constrrel }: CreateTrigStmt,
  { knowledge }: Case,
): readonly Consequence[] {
  const table = findRelation(knowledge, relation);
  const family = familyOf(knowledge, table.key)
    .slice(1)
    .flatMap((key) => lockOnKey(knowledge, key, 'SHARE ROW EXCLUSIVE'));
  const other = constrrel ? lockOn(findRelation(knowledge, constrrel), 'SHARE ROW EXCLUSIVE') : [];
  return [
    objecting([...lockOn(table, 'SHARE ROW EXCLUSIVE'), ...family, ...other], {
      rule: 'create-trigger',
      message: `nobody can write to ${table.sql} for a moment, and then every write of old code runs "${trigname}" as well`,
    }),
  ];
}

/** Policies and rules change at once what everybody may do with the table. */
export function createPolicy(
  { table = {}, policy_name = '' }: CreatePolicyStmt,
  { knowledge }: Case,
): readonly Consequence[] {
  const named = findRelation(knowledge, table);
  return [
    objecting(lockOn(named, 'ACCESS EXCLUSIVE'), {
      rule: 'row-security',
      message: `the policy "${policy_name}" changes which rows of ${named.sql} old code sees or may write, if row security is on`,
    }),
  ];
}

export function createRule({ relation = {}, rulename = '' }: RuleStmt, { knowledge }: Case): readonly Consequence[] {
  const named = findRelation(knowledge, relation);
  return [
    objecting(lockOn(named, 'ACCESS EXCLUSIVE'), {
      rule: 'create-trigger',
      message: `the rule "${rulename}" rewrites what old code asks of ${named.sql}, at once`,
    }),
  ];
}

export function createView({ view = {}, replace }: ViewStmt, { knowledge }: Case): readonly Consequence[] {
  const named = findRelation(knowledge, view);
  if (replace !== true || named.facts === undefined || !isInUse(named)) return [];
  return [
    {
      locks: lockOn(named, 'ACCESS EXCLUSIVE'),
      objection: {
        rule: 'replace-code',
        message: `old code that reads ${named.sql} gets what the new query gives, at once`,
      },
    },
  ];
}
