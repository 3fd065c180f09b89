import { expect, test } from 'vitest';

import { memoryMib, vcpus } from '../../../src/local-aws/docker/container-options.ts';

test.each([
  ['512', 512],
  ['1 GB', 1_024],
  ['0.5GB', 512],
  [undefined, undefined],
  ['much', undefined],
])('a memory of %s is %s MiB, as ECS reads it', (text, mib) => {
  expect(memoryMib(text)).toBe(mib);
});

test.each([
  ['256', 0.25],
  ['1024', 1],
  ['.25 vCPU', 0.25],
  ['2 vCPU', 2],
  [undefined, undefined],
])('a cpu of %s is %s processors', (text, processors) => {
  expect(vcpus(text)).toBe(processors);
});
