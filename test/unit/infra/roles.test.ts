import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

import type { PolicyDocument, PolicyStatement } from '../../../src/local-aws/iam/policy.ts';
import type { EvaluatedStack } from '../../support/cloudformation/evaluate-template.ts';
import {
  allParameters,
  deployMigrationStack,
  launcherPolicy,
  requiredParameters,
} from '../../support/cloudformation/migration-stack.ts';

const project = resolve(import.meta.dirname, '../../..');
const least = deployMigrationStack(requiredParameters);
const most = deployMigrationStack(allParameters);
const standalone = JSON.parse(readFileSync(resolve(project, 'infra/launcher-policy.json'), 'utf8')) as PolicyDocument;

/** Every action that the launcher's adapter names when it sends a call. */
const calledActions = readdirSync(resolve(project, 'src/launcher/aws'))
  .flatMap((file) => [
    ...readFileSync(resolve(project, 'src/launcher/aws', file), 'utf8').matchAll(/send\(\s*'([a-z]+:\w+)'/g),
  ])
  .map(([, action = '']) => action);

/** RunTask with tags and roles needs these beside its own. */
const impliedByRunTask = ['ecs:TagResource', 'iam:PassRole'];
/** Needed only where a stack lacks our outputs. */
const fallbacks = ['cloudformation:ListStackResources', 'ecs:DescribeServices'];

describe('the launcher’s policy', () => {
  it('finds the actions in the sources', () => {
    expect(calledActions).toContain('ecs:RunTask');
    expect(new Set(calledActions).size).toBeGreaterThanOrEqual(8);
  });

  it('in the template allows what the launcher calls with our outputs, and nothing else', () => {
    const needed = [...calledActions, ...impliedByRunTask].filter((action) => !fallbacks.includes(action));
    expect(actionsOf(launcherPolicy(least))).toEqual(sorted(needed));
  });

  it('on its own allows what the launcher calls anywhere, and nothing else', () => {
    expect(actionsOf(standalone)).toEqual(sorted([...calledActions, ...impliedByRunTask]));
  });

  it('on its own says the same as in the template, but for the names', () => {
    const sids = launcherPolicy(least).Statement.map(({ Sid: sid }) => sid);
    expect(standalone.Statement.slice(0, sids.length).map(({ Sid: sid }) => sid)).toEqual(sids);
    for (const [index, statement] of launcherPolicy(least).Statement.entries()) {
      const other = standalone.Statement[index];
      expect(other?.Action).toEqual(statement.Action);
      expect(Object.keys(other?.Condition ?? {})).toEqual(Object.keys(statement.Condition ?? {}));
    }
  });

  it.each([
    ['the template', launcherPolicy(most)],
    ['launcher-policy.json', standalone],
  ])('of %s has * only where AWS has no resources', (_, policy) => {
    const wide = policy.Statement.filter(({ Resource }) => listOf(Resource).includes('*'));
    expect(wide.flatMap(({ Action }) => listOf(Action))).toEqual(['ecs:DescribeTaskDefinition', 'ecs:ListTasks']);
    for (const { Action } of policy.Statement) expect(listOf(Action).join(' ')).not.toContain('*');
  });
});

describe('the task’s roles', () => {
  it('the task itself may do nothing, or log in to its own database', () => {
    expect(least.resources['TaskRole']?.properties).not.toHaveProperty('Policies');
    expect(inlineStatements(most, 'TaskRole')).toEqual([
      expect.objectContaining({
        Action: 'rds-db:connect',
        Resource: 'arn:aws:rds-db:us-east-1:123456789012:dbuser:db-ABCDEFGH/migrator',
      }),
    ]);
  });

  it('ECS may read one secret and write one log; the registry and the key only when there are some', () => {
    const sids = (stack: EvaluatedStack): unknown => inlineStatements(stack, 'ExecutionRole').map(({ Sid }) => Sid);
    expect(sids(least)).toEqual(['WriteLog', 'ReadDatabaseSecret']);
    expect(sids(most)).toEqual([
      'WriteLog',
      'ReadDatabaseSecret',
      'DecryptDatabaseSecret',
      'LogInToRegistry',
      'PullImage',
    ]);
    const wide = inlineStatements(most, 'ExecutionRole').filter(({ Resource }) => Resource === '*');
    expect(wide.map(({ Action }) => Action)).toEqual(['ecr:GetAuthorizationToken']);
  });

  it('only ECS tasks of this account may take them on', () => {
    for (const role of ['ExecutionRole', 'TaskRole'])
      expect(most.resources[role]?.properties['AssumeRolePolicyDocument']).toMatchObject({
        Statement: [
          {
            Principal: { Service: 'ecs-tasks.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
          },
        ],
      });
  });
});

describe('the role for GitHub Actions', () => {
  it('is for one repository in one environment, under its old subject and its new one', () => {
    const role = most.resources['LauncherRole']?.properties;
    expect(role?.['AssumeRolePolicyDocument']).toMatchObject({
      Statement: [
        {
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: {
              'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
              'token.actions.githubusercontent.com:sub': [
                'repo:acme/shop:environment:production',
                'repo:acme@11/shop@22:environment:production',
              ],
              'token.actions.githubusercontent.com:repository_id': '22',
              'token.actions.githubusercontent.com:environment': 'production',
            },
          },
        },
      ],
    });
    expect(role?.['ManagedPolicyArns']).toEqual([most.outputs['LauncherPolicyArn']]);
  });
});

function inlineStatements(stack: EvaluatedStack, role: string): readonly PolicyStatement[] {
  const policies = stack.resources[role]?.properties['Policies'] as readonly { PolicyDocument: PolicyDocument }[];
  return policies.flatMap(({ PolicyDocument: document }) => document.Statement);
}

function actionsOf({ Statement: statements }: PolicyDocument): readonly string[] {
  return sorted(statements.flatMap(({ Action }) => listOf(Action)));
}

function sorted(actions: readonly string[]): readonly string[] {
  return [...new Set(actions)].toSorted();
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}
