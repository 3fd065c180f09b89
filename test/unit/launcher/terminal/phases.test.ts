import { describe, expect, it } from 'vitest';
import { createPhaseTracker } from '../../../../src/launcher/terminal/phases.ts';
import { task } from '../support.ts';

const created = { startedAtMs: undefined, lastStatus: 'PROVISIONING' };

describe('createPhaseTracker', () => {
  it('says each phase once, with the time of those before it by ECS’s clock', () => {
    const tracker = createPhaseTracker(() => 0);
    const pulling = { ...created, lastStatus: 'PENDING', pullStartedAtMs: 1_200 };
    const running = { lastStatus: 'RUNNING', pullStartedAtMs: 1_200, pullStoppedAtMs: 3_200, startedAtMs: 3_300 };
    expect([created, created, pulling, running, running].map((fields) => tracker.see(task(fields)))).toEqual([
      'provisioning (network)',
      undefined,
      'pulling the image (provisioning 1.2 s)',
      'running (pulling 2.0 s, starting 100 ms)',
      undefined,
    ]);
    tracker.see(task({ ...running, lastStatus: 'STOPPED', executionStoppedAtMs: 5_300 }));
    expect(tracker.durations()).toEqual({ provisioning: 1_200, pulling: 2_000, starting: 100, running: 2_000 });
  });

  it('says of a container that began and ended between two looks that it ran, and of one that never began nothing', () => {
    const quick = { lastStatus: 'STOPPED', pullStartedAtMs: 1_200, pullStoppedAtMs: 3_200, startedAtMs: 3_300 };
    const tracker = createPhaseTracker(() => 0);
    tracker.see(task(created));
    expect(tracker.see(task(quick))).toBe('ran (provisioning 1.2 s, pulling 2.0 s, starting 100 ms)');
    const neverBegan = createPhaseTracker(() => 0);
    neverBegan.see(task(created));
    expect(neverBegan.see(task({ ...created, lastStatus: 'STOPPED' }))).toBeUndefined();
  });

  it('takes the time it saw where ECS gave none', () => {
    let nowMs = 0;
    const tracker = createPhaseTracker(() => nowMs);
    tracker.see(task({ lastStatus: 'RUNNING' }));
    nowMs = 700;
    tracker.see(task({ lastStatus: 'DEPROVISIONING' }));
    expect(tracker.durations().running).toBe(700);
  });

  it('says how long a phase lasts already, and nothing once the task is over', () => {
    let nowMs = 0;
    const tracker = createPhaseTracker(() => nowMs);
    tracker.see(task(created));
    nowMs = 30_000;
    expect(tracker.stillThere()).toBe('still provisioning (network) (30.0 s)');
    tracker.see(task({ ...created, lastStatus: 'STOPPED' }));
    expect(tracker.stillThere()).toBeUndefined();
  });
});
