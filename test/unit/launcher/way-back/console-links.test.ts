import { describe, expect, it } from 'vitest';
import { consoleLinks } from '../../../../src/launcher/way-back/console-links.ts';

const place = (region: string) => ({
  region,
  cluster: { value: 'staging-wumbo-cluster', source: 'test' },
  taskArn: `arn:aws:ecs:${region}:123456789012:task/staging-wumbo-cluster/0123456789abcdef`,
});
const log = { group: '/aws/ecs/a b/migration', region: 'eu-west-1', streamPrefix: 'migration/MigrationContainer/' };

describe('consoleLinks', () => {
  it('leads to the task, and to its log stream in the log’s own region', () => {
    expect(consoleLinks(place('us-east-1'), log)).toEqual([
      {
        label: 'task',
        url: 'https://us-east-1.console.aws.amazon.com/ecs/v2/clusters/staging-wumbo-cluster/tasks/0123456789abcdef/configuration?region=us-east-1',
      },
      {
        label: 'log',
        url: 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Faws$252Fecs$252Fa$2520b$252Fmigration/log-events/migration$252FMigrationContainer$252F0123456789abcdef',
      },
    ]);
  });

  it('takes the name of a cluster that is given by its ARN', () => {
    const cluster = { value: 'arn:aws:ecs:us-east-1:123456789012:cluster/mine', source: '--cluster' };
    expect(consoleLinks({ ...place('us-east-1'), cluster }, undefined)[0]?.url).toContain('/clusters/mine/tasks/');
  });

  it.each([
    ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/ecs/'],
    ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/ecs/'],
  ])('knows the console of the partition of %s', (region, beginning) => {
    expect(consoleLinks(place(region), undefined)[0]?.url.startsWith(beginning)).toBe(true);
  });
});
