import { describe, expect, it } from 'vitest';
import { createIdentity } from '../../../../src/launcher/start/identity.ts';

const launch = { environment: 'staging', command: ['check'], runId: undefined };

describe('createIdentity', () => {
  it('is another one for each launch', () => {
    expect(createIdentity(launch).clientToken).not.toBe(createIdentity(launch).clientToken);
  });

  it('is the same for the same run id, environment and arguments, and only then', () => {
    const token = (fields: object) => createIdentity({ ...launch, runId: 'build 7', ...fields }).clientToken;
    expect(token({})).toBe(token({}));
    expect(
      new Set([
        token({}),
        token({ environment: 'production' }),
        token({ command: undefined }),
        token({ runId: 'build 8' }),
      ]).size,
    ).toBe(4);
  });

  it('stays within what AWS accepts, whatever the run id', () => {
    const { clientToken, startedBy, tags } = createIdentity({ ...launch, runId: `é@:😀 <script>${'x'.repeat(300)}` });
    expect(clientToken).toMatch(/^[!-~]{1,64}$/);
    expect(startedBy).toMatch(/^[A-Za-z0-9\-/_]{1,128}$/);
    expect(tags['launch-migration-run-id']).toMatch(/^[\p{L}\p{N} _.:/=+\-@]{1,256}$/u);
  });

  it('keeps run ids apart that look alike in startedBy', () => {
    const startedBy = (runId: string) => createIdentity({ ...launch, runId }).startedBy;
    expect(startedBy('a.b')).not.toBe(startedBy('a:b'));
  });
});
