import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

import type { Stack } from '../../src/local-aws/account.ts';
import { createLaunchSite, type LaunchSite } from '../support/launcher.ts';
import { threeRevisions } from '../support/migrations.ts';
import { projectDirectory } from '../support/programs.ts';

/** Another company's account: stacks and outputs have other names, and there is no stack for the network. */
function acme(stack: Stack): Stack | undefined {
  if (stack.name.endsWith('-SecurityStack')) return undefined;
  const environment = /^(\w+)-ComputeStack$/.exec(stack.name)?.[1];
  if (environment === undefined) return stack;
  const other: Readonly<Record<string, string>> = {
    ClusterName: 'EcsCluster',
    MigrationTaskDefinitionArn: 'DbMigratorTask',
  };
  return {
    ...stack,
    name: `acme-db-${environment}`,
    outputs: stack.outputs.map((output) => ({ ...output, key: other[output.key] ?? output.key })),
    resources: stack.resources.filter(({ type }) => type !== 'AWS::EC2::SecurityGroup'),
  };
}

const config = {
  stack: 'acme-db-{env}',
  outputs: { cluster: 'EcsCluster', taskDefinition: 'DbMigratorTask' },
  service: '{env}-wumbo-backend',
};

async function acmeSite(files: Readonly<Record<string, unknown>>): Promise<LaunchSite> {
  const site = await createLaunchSite({ files: threeRevisions, environment: { stack: acme } });
  await mkdir(join(site.directory, 'services/api'), { recursive: true });
  for (const [name, value] of Object.entries(files)) await writeFile(join(site.directory, name), JSON.stringify(value));
  return site;
}

describe('launch-migration.config.json', () => {
  it('makes another company’s names work, for every command, from any folder below it', async () => {
    const site = await acmeSite({ 'launch-migration.config.json': config });
    const cwd = join(site.directory, 'services/api');
    const { exitCode, stderr } = await site.launch(['development', '--verbose'], { cwd });
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('cluster development-wumbo-cluster (output EcsCluster of acme-db-development)');
    expect(stderr).toContain('service development-wumbo-backend');
    expect((await site.launch(['tasks', 'development'], { cwd })).stdout).toContain('succeeded');
    expect((await site.launch(['attach', 'development'], { cwd })).exitCode).toBe(0);
    expect((await createSiteWithout()).exitCode).toBe(2);
  });

  it('flags are before variables, variables before the file, and --verbose names each source', async () => {
    const site = await acmeSite({
      'package.json': {
        'launch-migration': {
          ...config,
          container: 'Nobody',
          environments: { production: { container: 'MigrationContainer' } },
        },
      },
    });
    const wrong = await site.launch(['development']);
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('no container Nobody (from container of package.json#launch-migration)');
    const env = { LAUNCH_MIGRATION_CONTAINER: 'MigrationContainer' };
    const variable = await site.launch(['development', '--verbose'], { env });
    expect(variable.stderr).toContain('container MigrationContainer (LAUNCH_MIGRATION_CONTAINER)');
    const flag = await site.launch(['development', '--verbose', '--container', 'MigrationContainer'], {
      env: { LAUNCH_MIGRATION_CONTAINER: 'Nobody' },
    });
    expect(flag.stderr).toContain('container MigrationContainer (--container)');
    const own = await site.launch(['production', '--verbose']);
    expect(own.stderr).toContain('(environments.production.container of package.json#launch-migration)');
  });

  it('a company without stacks names everything, and CloudFormation is not asked', async () => {
    const site = await createLaunchSite({ files: threeRevisions });
    await site.launch(['development']);
    const [first] = site.aws.requests.filter(({ operation }) => operation === 'RunTask');
    const network = first?.parameters['networkConfiguration'] as {
      awsvpcConfiguration: { subnets: string[]; securityGroups: string[] };
    };
    const { subnets, securityGroups } = network.awsvpcConfiguration;
    await writeFile(
      join(site.directory, 'ecs.json'),
      JSON.stringify({
        cluster: '{env}-wumbo-cluster',
        taskDefinition: '{env}-wumbo-migration',
        subnets,
        securityGroups,
      }),
    );
    const before = site.aws.requests.length;
    const { exitCode, stderr } = await site.launch(['development', '--config', 'ecs.json']);
    expect(exitCode, stderr).toBe(0);
    expect(site.aws.requests.slice(before).filter(({ service }) => service === 'cloudformation')).toEqual([]);
  });

  it('with problems: all of them, exit 2, and nothing is called', async () => {
    const site = await acmeSite({ 'launch-migration.config.json': { stak: 'x', region: 3 } });
    const { exitCode, stderr } = await site.launch(['development']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('launch-migration.config.json has 2 problems: ');
    expect(stderr).toContain('did you mean stack?');
    expect(site.aws.requests).toEqual([]);
  });

  it('every example of docs/configuration.md is a valid configuration', async () => {
    const text = await readFile(resolve(projectDirectory, 'docs/configuration.md'), 'utf8');
    const examples = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) => json);
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const example of examples) {
      const site = await createLaunchSite({ files: threeRevisions });
      await writeFile(join(site.directory, 'example.json'), example);
      const { stderr } = await site.launch(['development', '--config', 'example.json']);
      expect(stderr).not.toMatch(/problem|example\.json:/);
    }
  });
});

async function createSiteWithout() {
  return (await acmeSite({})).launch(['development']);
}
