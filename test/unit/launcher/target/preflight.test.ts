import { describe, expect, it } from 'vitest';
import { checkTaskDefinition } from '../../../../src/launcher/target/preflight.ts';
import { containerDefinition, taskDefinition } from '../support.ts';

const secret = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:staging/wumbo/database-a1b2c3';
const warnings = (fields: Parameters<typeof containerDefinition>[0]) => {
  const container = containerDefinition(fields);
  return checkTaskDefinition(taskDefinition([container]), container);
};

describe('checkTaskDefinition', () => {
  it('has nothing against a sound definition', () => {
    expect(warnings({ secrets: [{ name: 'DATABASE_SECRET', valueFrom: secret }] })).toEqual([]);
  });

  it('warns of a secret key that a database secret cannot have', () => {
    expect(warnings({ secrets: [{ name: 'DATABASE_URL', valueFrom: `${secret}:url::` }] })).toEqual([
      expect.stringContaining('"url"'),
    ]);
    expect(warnings({ secrets: [{ name: 'DB_PASSWORD', valueFrom: `${secret}:password::` }] })).toEqual([]);
  });

  it.each([
    [{}, 'not set, so it is non-blocking'],
    [{ mode: 'non-blocking' }, 'is non-blocking'],
  ])('warns of a log that may lose lines: %j', (mode, words) => {
    expect(warnings({ logOptions: { 'awslogs-group': 'g', ...mode } })).toEqual([expect.stringContaining(words)]);
  });

  it.each([
    ['public.ecr.aws/docker/library/python:3.11-slim', 'placeholder'],
    ['registry/wumbo-migration:latest', 'not pinned'],
    ['registry:5000/wumbo-migration', 'not pinned'],
  ])('warns of the image %s', (image, words) => {
    expect(warnings({ image })).toEqual([expect.stringContaining(words)]);
  });

  it('accepts a digest', () => {
    expect(warnings({ image: `registry/wumbo-migration@sha256:${'a'.repeat(64)}` })).toEqual([]);
  });

  it('warns of a restart policy, which would repeat a migration', () => {
    expect(warnings({ restarts: true })).toEqual([expect.stringContaining('restart policy')]);
  });
});

it('warns of a variable for one value that gets a whole database secret', () => {
  expect(warnings({ secrets: [{ name: 'DATABASE_URL', valueFrom: secret }] })).toEqual([
    expect.stringContaining('DATABASE_SECRET'),
  ]);
  expect(warnings({ secrets: [{ name: 'PGPASSWORD', valueFrom: `${secret}:password::` }] })).toEqual([]);
});
