import { expect, test } from 'vitest';

import { pullImage } from '../../../src/local-aws/ecs/image.ts';

const program = { entrypoint: ['x'] };

test.each([
  'wumbo-migration',
  'wumbo-migration:1.2',
  'wumbo-migration@sha256:abc',
  '123456789012.dkr.ecr.us-east-1.amazonaws.com/wumbo-migration:latest',
  'localhost:5000/wumbo-migration',
])('%s is found by its repository name', (image) => {
  expect(pullImage(image, { 'wumbo-migration': program })).toBe(program);
});

test('an exact reference comes first, and a path is part of the name', () => {
  const exact = { entrypoint: ['exact'] };
  expect(pullImage('app:2', { app: program, 'app:2': exact })).toBe(exact);
  expect(() => pullImage('team/app:2', { app: program })).toThrow('CannotPullContainerError');
  expect(() => pullImage('constructor', {})).toThrow('failed to resolve ref constructor');
});
