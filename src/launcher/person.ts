/** Asks at the terminal while other things go on. `undefined`: the input was closed, or the signal took the question back. */
export type Ask = (question: string, withdrawn: AbortSignal) => Promise<string | undefined>;

/** Who runs this program. */
export interface Person {
  /** `user@host`, for what AWS keeps of us. */
  readonly name: string;
  /** `undefined` where nobody can be asked. */
  readonly ask: Ask | undefined;
}

/** The user's name where it is known, and the machine's; no AWS text takes control characters. */
export function personName(env: Readonly<Record<string, string | undefined>>, host: string): string {
  const user = env['GITHUB_ACTOR'] || env['USER'] || env['LOGNAME'] || env['USERNAME'] || 'somebody';
  return `${user}@${host}`.replace(/[^\x21-\x7e]/g, '_').slice(0, 100);
}

/** ECS takes 1024 characters as the reason of a stop (StopTask API reference) and shows it in stoppedReason. */
const longestReason = 1_024;

/** The reason that ECS keeps: the person's own words, if any, and always who it was. */
export function stopReason(name: string, words?: string): string {
  const who = `${name} via launch-migration`;
  return words === undefined ? who : `${words.slice(0, longestReason - who.length - 3)} (${who})`;
}
