import { RegoEngine, TemplateFile } from '@aws/cloudformation-validate';
import { describe, expect, it } from 'vitest';

import { taskDefinitionParameters } from '../../../src/local-aws/ecs/task-definition.ts';
import { readTemplate, templatePath } from '../../support/cloudformation/read-template.ts';
import {
  allParameters,
  deployMigrationStack,
  requiredParameters,
  taskDefinitionRequest,
} from '../../support/cloudformation/migration-stack.ts';

const template = readTemplate();
const least = deployMigrationStack(requiredParameters);
const most = deployMigrationStack(allParameters);

describe('infra/migration-task.yaml', () => {
  // Its rules are a program of their own, which takes seconds to load on a busy machine.
  it('has no finding of AWS’s own validator', { timeout: 120_000 }, () => {
    const engine = new RegoEngine();
    try {
      const { diagnostics } = engine.validateStandard(new TemplateFile(templatePath), { severityLevel: 'WARN' });
      // W2509 takes the ARN of a secret for a secret because of the parameter's name.
      const findings = diagnostics.filter(({ ruleId }) => ruleId !== 'W2509');
      expect(findings.map(({ ruleId, message, startLine }) => `${startLine}: ${ruleId} ${message}`)).toEqual([]);
    } finally {
      engine.free();
    }
  });

  it('tells a stranger what each parameter is, and what is wrong with a value', () => {
    const parameters = Object.entries(template.Parameters);
    for (const [name, { Description: description = '' }] of parameters)
      expect(description.length, name).toBeGreaterThan(20);
    const patterned = parameters.filter(([, { AllowedPattern: pattern }]) => pattern !== undefined);
    expect(patterned.filter(([, { ConstraintDescription: constraint }]) => !constraint)).toEqual([]);
  });

  it('takes its own defaults and sensible values, and refuses others', () => {
    const isTaken = (name: string, value: string): boolean =>
      new RegExp(`^(?:${template.Parameters[name]?.AllowedPattern ?? '.*'})$`, 's').test(value);
    const defaults = Object.entries(template.Parameters)
      .filter(([, { Default: value }]) => value !== undefined)
      .map(([name, { Default: value }]) => [name, String(value)] as const);
    for (const [name, value] of [...defaults, ...Object.entries(allParameters)])
      expect(isTaken(name, value), name).toBe(true);
    expect(isTaken('ImageUri', '123456789012.dkr.ecr.us-east-1.amazonaws.com/migration:latest')).toBe(false);
    expect(isTaken('DatabaseSecretArn', `${requiredParameters['DatabaseSecretArn']}:url::`)).toBe(false);
    expect(isTaken('ClusterName', 'arn:aws:ecs:us-east-1:1:cluster/x')).toBe(false);
    expect(isTaken('EnvironmentName', 'Production')).toBe(false);
  });

  it('refuses half of what belongs together', () => {
    expect(least.violations).toEqual([]);
    expect(most.violations).toEqual([]);
    const withOnly = (...names: string[]): readonly string[] =>
      deployMigrationStack({
        ...requiredParameters,
        ...Object.fromEntries(names.map((name) => [name, allParameters[name] ?? ''])),
      }).violations;
    expect(withOnly('GitHubOwner')).toHaveLength(4);
    expect(withOnly('GitHubOidcProviderArn', 'GitHubOwner', 'GitHubOwnerId', 'GitHubRepository')).toEqual([
      'GitHubRepositoryId is missing; the five GitHub parameters belong together.',
    ]);
    expect(withOnly('DatabaseIamUser')).toEqual(['DatabaseIamUser and DatabaseResourceId belong together.']);
  });

  it('makes a task definition that ECS takes, with everything that a migration needs', () => {
    const definition = taskDefinitionParameters.parse(taskDefinitionRequest(least));
    expect(definition).toMatchObject({
      family: 'production-wumbo-migration',
      networkMode: 'awsvpc',
      cpu: '512',
      memory: '1024',
      runtimePlatform: { cpuArchitecture: 'ARM64' },
    });
    expect(definition.containerDefinitions).toEqual([
      expect.objectContaining({
        name: 'migration',
        image: expect.stringMatching(/@sha256:/),
        user: '65532:65532',
        readonlyRootFilesystem: true,
        stopTimeout: 120,
        linuxParameters: { initProcessEnabled: true, capabilities: { drop: ['ALL'] } },
        environment: [{ name: 'ENVIRONMENT', value: 'production' }],
        secrets: [{ name: 'DATABASE_SECRET', valueFrom: requiredParameters['DatabaseSecretArn'] }],
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': '/aws/ecs/shop-production/migration',
            'awslogs-region': 'us-east-1',
            'awslogs-stream-prefix': 'migration',
            mode: 'blocking',
          },
        },
      }),
    ]);
  });

  it('with IAM login gives the container the database’s address and never the password', () => {
    const [container] = taskDefinitionParameters.parse(taskDefinitionRequest(most)).containerDefinitions;
    expect(container?.environment).toContainEqual({ name: 'DATABASE_AUTH', value: 'iam' });
    expect(container?.environment).toContainEqual({ name: 'PGUSER', value: 'migrator' });
    expect(container?.secrets?.map(({ name }) => name)).toEqual(['PGHOST', 'PGPORT', 'PGDATABASE']);
    expect(container?.secrets?.map(({ valueFrom }) => valueFrom.split(':')[7])).toEqual(['host', 'port', 'dbname']);
  });

  it('lets the task reach HTTPS and the database, and only the task reach the database through it', () => {
    const group = most.resources['MigrationSecurityGroup']?.properties;
    expect(group?.['SecurityGroupEgress']).toEqual([
      expect.objectContaining({ FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0' }),
      expect.objectContaining({ FromPort: '5433', ToPort: '5433', DestinationSecurityGroupId: 'sg-0database' }),
    ]);
    expect(group).not.toHaveProperty('SecurityGroupIngress');
    expect(most.resources['DatabaseIngress']?.properties).toMatchObject({
      GroupId: 'sg-0database',
      SourceSecurityGroupId: 'sg-0migration',
      FromPort: '5433',
    });
  });

  it('keeps the log when the stack goes', () => {
    expect(template.Resources['MigrationLogGroup']).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    expect(least.resources['MigrationLogGroup']?.properties).toMatchObject({
      LogGroupName: '/aws/ecs/shop-production/migration',
    });
  });

  it('tells of tasks that failed, and of those that never had an exit code', () => {
    const pattern = least.resources['FailedTaskRule']?.properties['EventPattern'];
    expect(pattern).toMatchObject({
      source: ['aws.ecs'],
      'detail-type': ['ECS Task State Change'],
      detail: {
        clusterArn: ['arn:aws:ecs:us-east-1:123456789012:cluster/shop-production'],
        taskDefinitionArn: [
          { prefix: 'arn:aws:ecs:us-east-1:123456789012:task-definition/production-wumbo-migration:' },
        ],
        lastStatus: ['STOPPED'],
        $or: [
          { containers: { exitCode: [{ 'anything-but': [0, 3] }] } },
          { stopCode: expect.arrayContaining(['TaskFailedToStart', 'SpotInterruption', 'UserInitiated']) },
        ],
      },
    });
  });

  it('makes what is optional only when it is wanted', () => {
    const optional = Object.keys(most.resources).filter((name) => !(name in least.resources));
    expect(optional).toEqual(['AlertSubscription', 'LauncherRole']);
    expect(Object.keys(most.outputs).filter((name) => !(name in least.outputs))).toEqual(['LauncherRoleArn']);
  });
});
