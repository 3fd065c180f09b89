/** Told before a script begins how to make messages of what it writes; answers the watch over it. */
export type ScriptGuard = (say: (level: 'info' | 'warning' | 'error', text: string) => void) => ScriptWatch;

export interface ScriptWatch {
  /** Rejects with what the script did that it must not survive. */
  readonly failure: Promise<never>;
  /** Ends the watch; answers what the script did meanwhile that makes it a failure although it returned. */
  readonly release: () => Error | undefined;
}
