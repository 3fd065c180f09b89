import { describe, expect, it } from 'vitest';

import type { Intercept } from '../../src/local-aws/interception.ts';
import { createLaunchSite, type LaunchSite } from '../support/launcher.ts';
import { threeRevisions } from '../support/migrations.ts';

const slow = {
  '20260101000001_slow.sql': '-- migrate:up\nSELECT pg_sleep(600);\n-- migrate:down\nSELECT 1;\n',
} as const;
const started = ({ aws }: LaunchSite) => aws.requests.filter(({ operation }) => operation === 'RunTask');
const denying =
  (denied: string): Intercept =>
  ({ service, operation }) =>
    operation === denied
      ? {
          status: 400,
          type: service === 'cloudformation' ? 'AccessDenied' : 'AccessDeniedException',
          message: `User: arn:aws:iam::123456789012:user/ci is not authorized to perform: ${service}:${operation} on resource: arn:aws:${service}:us-east-1:123456789012:x because no identity-based policy allows the ${service}:${operation} action`,
        }
      : undefined;

describe('launch-migration doctor', () => {
  it('of a sound environment: each value with its source, exit 0, nothing started', async () => {
    const site = await createLaunchSite({ files: threeRevisions });
    const { exitCode, stdout } = await site.launch(['doctor', 'production']);
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toMatch(/stack +production-ComputeStack \(convention\)/);
    expect(stdout).toMatch(/cluster +production-wumbo-cluster \(output ClusterName of production-ComputeStack\)/);
    expect(stdout).toMatch(/subnets +subnet-\w+,subnet-\w+ \(outputs ExportsOutputRefVpcPrivateSubnet… of /);
    expect(stdout).toMatch(/security groups +sg-\w+ \(resource MigrationSecurityGroup\w+ of /);
    expect(stdout).toMatch(/architecture +X86_64: the image must be built for linux\/amd64/);
    expect(stdout).toMatch(/log group +\/aws\/ecs\/production-wumbo-cluster\/migration/);
    expect(stdout).toContain('✓ A launch would go ahead.');
    expect(stdout).toContain('Not tried, for that would start or stop something: ecs:RunTask, iam:PassRole');
    expect(stdout).not.toMatch(/^[!✗]/m);
    expect(started(site)).toEqual([]);
  });

  it('of the original stacks: the secret key, the placeholder, the log mode and the log group', async () => {
    const site = await createLaunchSite({ files: threeRevisions, environment: { taskDefinition: 'original' } });
    const { exitCode, stdout } = await site.launch(['doctor', 'development']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^! DATABASE_URL takes the key "url" of the secret .* DATABASE_SECRET/m);
    expect(stdout).toMatch(/^! The image .*python:3\.11-slim is a placeholder/m);
    expect(stdout).toMatch(/^! The log mode of MigrationContainer is not set/m);
    expect(stdout).toMatch(/^! The log is in .*, not in the documented \/aws\/ecs\//m);
  });

  it('of a single subnet: a warning, for then there is one zone only', async () => {
    const site = await createLaunchSite({ files: threeRevisions });
    const { exitCode, stdout } = await site.launch(['doctor', 'development', '--subnets', 'subnet-0a1b2c3d4e5f60718']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^! There is one subnet only, subnet-0a1b2c3d4e5f60718, and so one availability zone/m);
  });

  it.each([
    ['DescribeStacks', 125, 'cloudformation:DescribeStacks', 'problem'],
    ['ListStackResources', 125, 'cloudformation:ListStackResources', 'problem'],
    ['DescribeTaskDefinition', 125, 'ecs:DescribeTaskDefinition', 'problem'],
    ['ListTasks', 125, 'ecs:ListTasks', 'problem'],
    ['DescribeTasks', 125, 'ecs:DescribeTasks', 'problem'],
    ['GetLogEvents', 0, 'logs:GetLogEvents', 'warning'],
  ])('without the right to call %s: exit %i, with the policy statement', async (operation, code, action, level) => {
    const site = await createLaunchSite({ files: threeRevisions, intercept: denying(operation) });
    const { exitCode, stdout } = await site.launch(['doctor', 'development', '--json']);
    const document = JSON.parse(stdout) as { exitCode: number; findings: { level: string; nextStep: string }[] };
    expect([exitCode, document.exitCode]).toEqual([code, code]);
    expect(document.findings.map((finding) => finding.level)).toContain(level);
    expect(document.findings[0]?.nextStep).toContain(`{"Effect":"Allow","Action":"${action}"`);
    expect(started(site)).toEqual([]);
  });

  it('several security groups and an unknown environment: exit 2, and the rest is still looked at', async () => {
    const several = await createLaunchSite({ files: threeRevisions, environment: { extraMigrationSecurityGroups: 1 } });
    const found = await several.launch(['doctor', 'development']);
    expect(found.exitCode).toBe(2);
    expect(found.stdout).toMatch(/^✗ The stack development-ComputeStack has 2 security groups/m);
    expect(found.stdout).toMatch(/image +\S+wumbo-migration/);
    expect(found.stdout).toContain('A launch would be refused with exit code 2');
    const unknown = await several.launch(['doctor', 'developmnt']);
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stdout).toContain('Did you mean development?');
  });

  it('a stack that is being changed: a warning, in production a problem', async () => {
    const site = await createLaunchSite({
      files: threeRevisions,
      environment: { stackStatus: 'UPDATE_ROLLBACK_COMPLETE' },
    });
    const development = await site.launch(['doctor', 'development']);
    expect(development.exitCode).toBe(0);
    expect(development.stdout).toMatch(/^! the last change of development-ComputeStack was rolled back/m);
    const production = await site.launch(['doctor', 'production']);
    expect(production.exitCode).toBe(2);
    expect(production.stdout).toContain('--force');
  });

  it('a task that runs: exit 7, with the way to follow it; one subnet, and a log group that is not there: warnings', async () => {
    const site = await createLaunchSite({ files: slow });
    const program = site.startLaunch(['development']);
    await program.said(/1 revision to apply|1\/1/);
    const running = await site.launch(['doctor', 'development', '--subnets', 'subnet-1']);
    expect(running.exitCode).toBe(7);
    expect(running.stdout).toMatch(/next: .*launch-migration attach development [0-9a-f]{32}/);
    expect(running.stdout).toContain('There is one subnet only, subnet-1');
    expect(running.stdout).toMatch(/subnets +subnet-1 \(--subnets\)/);
    program.child.kill('SIGTERM');
    await program.finished;
    const other = await site.launch(['doctor', 'production', '--log-group', '/no/such/group']);
    expect(other.stdout).toContain('The log group /no/such/group does not exist');
  });
});
