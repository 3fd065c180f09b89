import { DescribeTaskDefinitionCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';

import { createLaunchSite, type LaunchSite } from '../support/launcher.ts';
import { threeRevisions } from '../support/migrations.ts';

/** What a pipeline does that pushes an image and leaves the stack as it was. */
async function registerNewRevision({ aws }: LaunchSite): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const ecs = new ECSClient({ endpoint: aws.endpoint, region: aws.region, credentials });
  const name = { taskDefinition: 'development-wumbo-migration' };
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand(name));
  const { family, containerDefinitions, cpu, memory, networkMode, executionRoleArn } = taskDefinition ?? {};
  const fargate = { requiresCompatibilities: ['FARGATE' as const], cpu, memory, networkMode, executionRoleArn };
  await ecs.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions, ...fargate }));
}

it('the stack’s revision runs, with a warning when there is a newer one; --latest takes that and says so', async () => {
  const site = await createLaunchSite({ files: threeRevisions });
  expect((await site.launch(['development'])).stderr).not.toContain('is newer than');
  await registerNewRevision(site);
  const old = await site.launch(['development']);
  expect(old.exitCode).toBe(0);
  expect(old.stderr).toMatch(
    /warning: development-wumbo-migration:8 is newer than development-wumbo-migration:7, which output MigrationTaskDefinitionArn of development-ComputeStack names/,
  );
  const latest = await site.launch(['development', '--latest']);
  expect(latest.exitCode).toBe(0);
  expect(latest.stderr).toContain('Taking development-wumbo-migration:8, the newest revision of its family (--latest)');
  expect(latest.stderr).toMatch(/image sha256:[0-9a-f]{64}/);
  const ran = site.aws.requests
    .filter(({ operation }) => operation === 'RunTask')
    .map(({ parameters }) => parameters['taskDefinition']);
  expect(ran.map((arn) => String(arn).split(':').at(-1))).toEqual(['7', '7', '8']);
});
