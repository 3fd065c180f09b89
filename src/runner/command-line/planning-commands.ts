/**
 * The commands that read what is in the revisions, loaded together and only when one of them runs: `check` and `current`, which
 * a deployment asks most often, take half the processor time without them, and each file of program more takes 1.5 ms.
 */
export { doctor, formatDoctor } from '../commands/doctor.ts';
export { downgrade } from '../commands/run/downgrade.ts';
export { listPending } from '../commands/run/list-pending.ts';
export { plan } from '../commands/plan/plan.ts';
export { printSql } from '../commands/run/print-sql.ts';
export { formatRebase, rebase } from '../commands/rebase.ts';
export { readStampPlan, stamp } from '../commands/stamp/stamp.ts';
export { upgrade } from '../commands/run/upgrade.ts';
