import { describe, expect, it } from 'vitest';

import { isAllowed, type PolicyStatement } from '../../../../src/local-aws/iam/policy.ts';

const runTask = {
  action: 'ecs:RunTask',
  resource: 'arn:aws:ecs:us-east-1:1:task-definition/a:7',
  context: { 'ecs:cluster': 'arn:aws:ecs:us-east-1:1:cluster/a' },
};
const allowed: PolicyStatement = { Effect: 'Allow', Action: 'ecs:RunTask', Resource: '*' };

function decision(...statements: readonly PolicyStatement[]): boolean {
  return isAllowed({ Statement: statements }, runTask);
}

describe('isAllowed', () => {
  it('allows what a statement names, and nothing else', () => {
    expect(decision()).toBe(false);
    expect(decision(allowed)).toBe(true);
    expect(decision({ ...allowed, Action: ['ecs:StopTask', 'ECS:runtask'] })).toBe(true);
    expect(decision({ ...allowed, Action: 'ecs:StopTask' })).toBe(false);
  });

  it('reads * and ? in a resource, and every other character as it stands', () => {
    expect(decision({ ...allowed, Resource: 'arn:aws:ecs:us-east-1:1:task-definition/a:*' })).toBe(true);
    expect(decision({ ...allowed, Resource: 'arn:aws:ecs:us-east-1:1:task-definition/a:?' })).toBe(true);
    expect(decision({ ...allowed, Resource: 'arn:aws:ecs:us-east-1:1:task-definition/b:*' })).toBe(false);
    expect(decision({ ...allowed, Resource: 'arn:aws:ecs:us-east.1:1:task-definition/a:7' })).toBe(false);
  });

  it('a denial wins over any permission', () => {
    expect(decision(allowed, { ...allowed, Effect: 'Deny' })).toBe(false);
  });

  it('asks for every key of a condition and one of its values; a key that the call does not carry fails', () => {
    const under = (key: string, values: string | readonly string[]): boolean =>
      decision({ ...allowed, Condition: { ArnEquals: { [key]: values } } });
    expect(under('ecs:cluster', 'arn:aws:ecs:us-east-1:1:cluster/a')).toBe(true);
    expect(under('ecs:cluster', ['arn:aws:ecs:us-east-1:1:cluster/b', 'arn:aws:ecs:*:cluster/a'])).toBe(true);
    expect(under('ecs:cluster', 'arn:aws:ecs:us-east-1:1:cluster/b')).toBe(false);
    expect(under('ecs:service', 'arn:aws:ecs:us-east-1:1:cluster/a')).toBe(false);
  });

  it('refuses to guess what an operator means', () => {
    expect(() => decision({ ...allowed, Condition: { Bool: { 'ecs:cluster': 'true' } } })).toThrow('operator Bool');
  });
});
