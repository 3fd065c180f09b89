/** The first words that are commands on tasks, and so no environments. */
export const taskWords = ['tasks', 'logs', 'attach', 'stop'] as const;
export type TaskWord = (typeof taskWords)[number];
