/** `npm run bench`: see {@link helpText}. */
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { helpText, parseInvocation, type Measuring } from './command-line.ts';
import { describeMachine, isLoaded } from './machine.ts';
import { measureParts, type CleanUp } from './measure-parts.ts';
import { stopMeasuring } from './measure.ts';
import { parts } from './parts/all.ts';
import { findPeers } from './peers/all.ts';
import { describePeers, installPeers } from './peers/install.ts';
import { budgetTable, formatResults, markdownTable, tableLines } from './report.ts';
import { mergeResults, readResults, reasonsAgainstReadme, writeResults, type PartResult } from './results.ts';
import { formatSummary, withSummary } from './summary.ts';

const files = {
  results: join(import.meta.dirname, 'results.json'),
  page: join(import.meta.dirname, 'results.md'),
  readme: join(import.meta.dirname, '../README.md'),
};
const order = parts.map(({ name }) => name);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (text: string): void => void process.stdout.write(text);

process.exitCode = await main();

async function main(): Promise<number> {
  const invocation = parseInvocation(process.argv.slice(2));
  switch (invocation.kind) {
    case 'refused':
      say(invocation.problem);
      return 2;
    case 'help':
      print(helpText);
      return 0;
    case 'list':
      print(parts.map(({ name, about }) => `${name.padEnd(18)} ${about}\n`).join(''));
      return 0;
    case 'peers':
      print(describePeers(await findPeers()));
      return 0;
    case 'install-peers':
      print(describePeers(await installPeers(say)));
      return 0;
    case 'render':
      await writeFile(files.page, formatResults(await readResults(files.results), order));
      return 0;
    case 'measure':
      return measure(invocation);
  }
}

async function measure(asked: Measuring): Promise<number> {
  const machine = describeMachine();
  const kept = await readResults(files.results);
  const refusal = await reasonNotToStart(asked, kept);
  if (refusal !== undefined) {
    say(refusal);
    return 2;
  }
  if (isLoaded(machine))
    say(`The machine is loaded (load average ${machine.load} on ${machine.cores} cores): the results will say so.`);
  const peers = asked.installs ? await installPeers(say) : await findPeers();
  const onStart = (cleanUp: CleanUp): void => stopOnSignals(cleanUp);
  const onPart = ({ tables }: PartResult): void => {
    if (!asked.isJson) print(`${tables.flatMap(tableLines).join('\n')}\n`);
  };
  const results = await measureParts(asked, { machine, peers, onPart, onStart });
  if (asked.isJson) print(`${JSON.stringify({ format: 1, parts: results }, null, 2)}\n`);
  else print(`\n${markdownTable(budgetTable(results)).join('\n')}\n`);
  if (asked.size !== 'full')
    say(`These are the figures of --${asked.size}: smaller amounts, which the budgets are not made for.`);
  if (peers.absent.length > 0)
    say(
      `Not measured, since not installed: ${peers.absent.map(({ name }) => name).join(', ')} (--peers says how to get them).`,
    );
  if (asked.size === 'full') await keep(mergeResults(kept, results, order), asked);
  return results.some(({ failure }) => failure !== undefined) ? 1 : 0;
}

/** What makes half an hour of measuring useless is said before it. */
async function reasonNotToStart(
  { parts: chosen, isForReadme }: Measuring,
  kept: readonly PartResult[],
): Promise<string | undefined> {
  const hasTime = await access('/usr/bin/time').then(
    () => true,
    () => false,
  );
  if (!hasTime) return 'GNU time is missing, which measures CPU and memory: apt-get install time.';
  if (!isForReadme) return undefined;
  const machine = describeMachine();
  if (isLoaded(machine))
    return `--write needs a quiet machine: the load average is ${machine.load} on ${machine.cores} cores. Wait, or leave out --write.`;
  const others = order.filter((name) => !chosen.some((part) => part.name === name));
  const reasons = reasonsAgainstReadme(kept, others, isLoaded);
  if (reasons.length === 0) return undefined;
  return `--write needs every part: ${reasons.join('; ')}. Measure all with \`npm run bench -- --write\`, or leave out --write.`;
}

async function keep(results: readonly PartResult[], { isForReadme }: Measuring): Promise<void> {
  await writeResults(files.results, results);
  await writeFile(files.page, formatResults(results, order));
  say(`Written: bench/results.json and bench/results.md.`);
  if (!isForReadme) return;
  const reasons = reasonsAgainstReadme(results, order, isLoaded);
  if (reasons.length > 0) {
    say(`README.md stays as it was: ${reasons.join('; ')}.`);
    return;
  }
  await writeFile(files.readme, withSummary(await readFile(files.readme, 'utf8'), formatSummary(results)));
  say('Written: the table of README.md.');
}

/** Nothing may stay behind: no server, no command, no folder. A second Ctrl-C does not cut the cleaning up short. */
function stopOnSignals(cleanUp: CleanUp): void {
  let isStopping = false;
  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.on(signal, () => {
      if (isStopping) return;
      isStopping = true;
      say('Stopping: the server and all files are removed.');
      void stopMeasuring()
        .then(cleanUp)
        .catch(() => undefined)
        .finally(() => process.exit(exitCode));
    });
}
