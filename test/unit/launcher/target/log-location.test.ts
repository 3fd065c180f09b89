import { describe, expect, it } from 'vitest';
import { findLog, streamOf } from '../../../../src/launcher/target/log-location.ts';
import { containerDefinition, taskArn } from '../support.ts';

const expectation = { environment: 'staging', region: 'us-east-1', logGroup: undefined };
const options = containerDefinition().logOptions;

describe('findLog', () => {
  it('believes the task definition', () => {
    const { location, notes } = findLog(containerDefinition(), expectation);
    expect(location && streamOf(location, taskArn)).toBe('migration/MigrationContainer/0123456789abcdef');
    expect(notes).toEqual([]);
  });

  it('notes that the documented group is not the real one', () => {
    const generated = containerDefinition({
      logOptions: { ...options, 'awslogs-group': 'staging-ComputeStack-Generated' },
    });
    expect(findLog(generated, expectation)).toMatchObject({
      location: { group: 'staging-ComputeStack-Generated' },
      notes: [expect.stringContaining('not in the documented /aws/ecs/staging-wumbo-cluster/migration')],
    });
  });

  it('reads where a flag says, but only compares what an output says', () => {
    const flag = { value: 'other', source: '--log-group', given: true } as const;
    expect(findLog(containerDefinition(), { ...expectation, logGroup: flag }).location?.group).toBe('other');
    const output = { value: 'other', source: 'output MigrationLogGroupName' };
    const found = findLog(containerDefinition(), { ...expectation, logGroup: output });
    expect(found.location?.group).toBe('/aws/ecs/staging-wumbo-cluster/migration');
    expect(found.notes).toHaveLength(1);
  });

  it('follows the log into another region', () => {
    const elsewhere = containerDefinition({ logOptions: { ...options, 'awslogs-region': 'eu-west-1' } });
    expect(findLog(elsewhere, expectation).location?.region).toBe('eu-west-1');
  });

  it.each([
    [{ logDriver: 'awsfirelens' }, 'awsfirelens'],
    [{ logDriver: undefined }, 'no log configuration'],
    [{ logOptions: { 'awslogs-group': 'g' } }, 'awslogs-stream-prefix'],
  ])('says that a log cannot be read with %j', (fields, words) => {
    expect(findLog(containerDefinition(fields), expectation)).toMatchObject({
      location: undefined,
      unreadable: expect.stringContaining(words),
    });
  });
});
