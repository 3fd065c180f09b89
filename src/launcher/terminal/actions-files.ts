import { appendFile } from 'node:fs/promises';

/** The files through which a step of a GitHub Actions job answers; absent when the runner gave none. */
export interface ActionsFiles {
  readonly outputFile: string | undefined;
  readonly summaryFile: string | undefined;
  /** A word that nobody can guess, so that no value can end itself and begin another. */
  readonly delimiter: () => string;
}

/**
 * Appends the outputs and the job summary. Gives back a warning for each file that cannot be written: how the launch ended
 * does not depend on it.
 */
export async function writeActionsFiles(
  { outputFile, summaryFile, delimiter }: ActionsFiles,
  outputs: Readonly<Record<string, string>>,
  summary: string,
): Promise<readonly string[]> {
  const texts = Object.entries(outputs).map(([name, value]) => {
    const word = `end_${delimiter()}`;
    return `${name}<<${word}\n${value}\n${word}\n`;
  });
  return [
    ...(await append(outputFile, texts.join(''), 'outputs of this step (GITHUB_OUTPUT)')),
    ...(await append(summaryFile, summary, 'job summary (GITHUB_STEP_SUMMARY)')),
  ];
}

async function append(file: string | undefined, text: string, what: string): Promise<readonly string[]> {
  if (file === undefined || text === '') return [];
  try {
    await appendFile(file, text);
    return [];
  } catch (error) {
    return [`The ${what} could not be written: ${(error as Error).message}`];
  }
}
