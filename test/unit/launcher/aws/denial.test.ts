import { expect, it } from 'vitest';
import { parseDenial } from '../../../../src/launcher/aws/denial.ts';

it.each([
  [
    'User: arn:aws:iam::1:user/ci is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/x because no identity-based policy allows the iam:PassRole action',
    { Effect: 'Allow', Action: 'iam:PassRole', Resource: 'arn:aws:iam::1:role/x' },
  ],
  [
    'User: arn:aws:sts::1:assumed-role/a/b is not authorized to perform: logs:GetLogEvents on resource: arn:aws:logs:us-east-1:1:log-group:/aws/x:log-stream:y with an explicit deny.',
    {
      Effect: 'Allow',
      Action: 'logs:GetLogEvents',
      Resource: 'arn:aws:logs:us-east-1:1:log-group:/aws/x:log-stream:y',
    },
  ],
  ['Access denied.', { Effect: 'Allow', Action: 'ecs:RunTask', Resource: '*' }],
])('%s', (reason, statement) => {
  const denial = parseDenial(reason, 'ecs:RunTask');
  expect(denial.action).toBe(statement.Action);
  expect(JSON.parse(denial.statement)).toEqual(statement);
});
