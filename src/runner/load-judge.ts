import type { JudgePlan } from './plan/judge-port.ts';

/** The rules of `migrate lint`, loaded with the SQL parser when a plan is made: an upgrade reads nothing of them. */
export const judgePlan: JudgePlan = async (...asked) => {
  const { judgePlan: judge } = await import('../authoring/plan/judge-plan.ts');
  return judge(...asked);
};
