import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../../src/launcher/settings/settings.ts';

describe('readSettings', () => {
  it('has defaults that wait for ever but not for a start that never comes', () => {
    expect(readSettings({}, {}).timeout).toBeUndefined();
    expect(readSettings({}, {})).toMatchObject({
      startTimeout: 600_000,
      yes: false,
    });
  });

  it('lets a flag win over its variable', () => {
    const env = { LAUNCH_MIGRATION_REGION: 'eu-west-1', LAUNCH_MIGRATION_SUBNETS: 'subnet-1, subnet-2' };
    expect(readSettings({ region: 'us-east-1' }, env)).toMatchObject({
      region: 'us-east-1',
      subnets: ['subnet-1', 'subnet-2'],
    });
  });

  it('treats an empty variable as not set', () => {
    expect(readSettings({}, { LAUNCH_MIGRATION_TIMEOUT: '' }).timeout).toBeUndefined();
  });

  it('reports every problem at once, and where each comes from', () => {
    const read = () =>
      readSettings({ timeout: 'soon' }, { LAUNCH_MIGRATION_ON_INTERRUPT: 'panic', LAUNCH_MIGRATION_TIMEOT: '5m' });
    expect(read).toThrow(/--timeout must be a duration.*"soon"/);
    expect(read).toThrow(/LAUNCH_MIGRATION_ON_INTERRUPT must be detach or stop/);
    expect(read).toThrow(/LAUNCH_MIGRATION_TIMEOT is no setting; did you mean LAUNCH_MIGRATION_TIMEOUT/);
    expect(read).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it('leaves the variables of others alone', () => {
    expect(() => readSettings({}, { PATH: '/bin', MIGRATE_LOCK_WAIT: 'x' })).not.toThrow();
  });
});
