/** The first words that are commands that start no migration, and so no environments. */
export const taskWords = ['tasks', 'logs', 'attach', 'stop', 'doctor'] as const;
export type TaskWord = (typeof taskWords)[number];
