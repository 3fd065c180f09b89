import { describe, expect, it } from 'vitest';
import { createLogLedger } from '../../../../src/launcher/log/log-ledger.ts';

const line = (message: string, timestampMs = 1) => ({ timestampMs, message });

describe('createLogLedger', () => {
  it('takes equal lines as lines of their own in the first reading', () => {
    const ledger = createLogLedger();
    expect([line('ok'), line('ok')].map((each) => ledger.isNew(each))).toEqual([true, true]);
  });

  it('finds in a second reading the one equal line that was not there before', () => {
    const ledger = createLogLedger();
    [line('ok'), line('ok'), line('end')].forEach((each) => ledger.isNew(each));
    ledger.startPass();
    const again = [line('ok'), line('ok'), line('ok'), line('end'), line('ok', 2)];
    expect(again.map((each) => ledger.isNew(each))).toEqual([false, false, true, false, true]);
    ledger.startPass();
    expect(again.some((each) => ledger.isNew(each))).toBe(false);
  });
});
