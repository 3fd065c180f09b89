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
