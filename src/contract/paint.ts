/** Colours for people; every function returns the text as it is when colours are off. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly strong: (text: string) => string;
}

/** Colours on or off. */
export function createPaint(state: 'on' | 'off'): Paint {
  const sgr = (code: number) => (text: string) => (state === 'on' ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { good: sgr(32), bad: sgr(31), warning: sgr(33), dim: sgr(2), strong: sgr(1) };
}

/**
 * Whether a stream gets colours: only a terminal, unless NO_COLOR, --no-color or CI say otherwise (no-color.org), or
 * FORCE_COLOR wants them anywhere (force-color.org).
 */
export function wantsColour(
  isTerminal: boolean,
  flag: boolean | undefined,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (flag === false || (env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'] ?? '';
  if (forced !== '') return forced !== '0' && forced !== 'false';
  if ((env['CI'] ?? '') !== '') return false;
  return isTerminal && env['TERM'] !== 'dumb';
}
