import { createInterface } from 'node:readline/promises';

/** Where a question can be asked. */
export interface Terminal {
  /** stdin and stderr are both terminals. */
  readonly isInteractive: boolean;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** The person's answer; empty when they close the input or press Ctrl-C. */
export async function ask({ input, output }: Terminal, question: string): Promise<string> {
  const lines = createInterface({ input, output });
  try {
    const closed = new Promise<string>((resolve) =>
      lines.once('close', () => resolve('')).once('SIGINT', () => resolve('')),
    );
    return await Promise.race([lines.question(question), closed]);
  } finally {
    lines.close();
  }
}

/**
 * One line from the person while other things go on, in the terminal's own line mode: there Ctrl-C stays a signal, and npx's
 * second one is told apart by time. `undefined` when the input is closed (Ctrl-D) or the question is withdrawn.
 */
export async function askAside(
  { input, output }: Terminal,
  question: string,
  withdrawn: AbortSignal,
): Promise<string | undefined> {
  const lines = createInterface({ input, output, terminal: false });
  try {
    const closed = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
    return await Promise.race([lines.question(question, { signal: withdrawn }).catch(() => undefined), closed]);
  } finally {
    lines.close();
  }
}
