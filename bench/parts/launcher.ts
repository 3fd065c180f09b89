import { resolve } from 'node:path';

import { compare } from '../compare.ts';
import { median } from '../measure.ts';
import { comparisonTable, figuresOf, ratioOf, type Part } from '../part.ts';
import { countTripsBeforeRunTask, measureLaunch, type Launch } from './launches.ts';

const program = resolve(import.meta.dirname, '../../dist/launch-migration.js');
const amounts = {
  full: { starts: 15, lines: 100_000, short: 5, long: 3 },
  quick: { starts: 5, lines: 10_000, short: 1, long: 1 },
  tiny: { starts: 1, lines: 100, short: 1, long: 1 },
};
const help = 'launch-migration --help';
const nothing = 'node -e 0';

/** What a person or a pipeline waits for around the task. */
export const launcher: Part = {
  name: 'launcher',
  about: 'start of the launcher, round trips before RunTask, end marker → prompt, 100,000 log lines',
  run: async ({ size, folder }) => {
    const { starts: rounds, lines, short, long } = amounts[size];
    const starts = await compare(
      [
        { name: help, command: () => ({ program: process.execPath, args: [program, '--help'] }) },
        { name: nothing, command: () => ({ program: process.execPath, args: ['-e', '0'] }) },
      ],
      { rounds },
    );
    const home = await folder('launches');
    const brief = await repeat(short, () => measureLaunch({ program, home, lines: 10 }));
    const talkative = await repeat(long, () => measureLaunch({ program, home, lines }));
    const wumbo = await countTripsBeforeRunTask({ program, home, hasExplicitOutputs: false });
    const explicit = await countTripsBeforeRunTask({ program, home, hasExplicitOutputs: true });
    return {
      tables: [
        comparisonTable(
          { title: 'Start of the launcher', about: 'Help, and a Node program that does nothing.' },
          starts,
          nothing,
        ),
        {
          title: 'A launch against the stand-in for AWS',
          about:
            'The stacks of Wumbo, over HTTP; the task prints lines of 100 characters and ends. Stopped → prompt: from the last answer that says stopped, or the last page of the log, to the end of the program.',
          columns: ['lines', 'lost', 'twice', 'stopped → prompt, ms', 'wall ms', 'peak MiB'],
          rows: [brief, talkative].map((launch) => [
            launch.lines.toLocaleString('en'),
            String(launch.lost),
            String(launch.twice),
            launch.toPromptMs.toFixed(0),
            launch.wallMs.toFixed(0),
            launch.peakMiB.toFixed(0),
          ]),
          notes: [],
        },
        {
          title: 'Calls before RunTask',
          about: 'Round trips that wait for each other; calls that are under way together count once.',
          columns: ['stack', 'round trips', 'calls'],
          rows: [
            ['as Wumbo has them', String(wumbo.trips), String(wumbo.calls)],
            ['with our outputs', String(explicit.trips), String(explicit.calls)],
          ],
          notes: [],
        },
      ],
      figures: figuresOf({
        'help-over-node': ratioOf(starts, help, nothing),
        'trips-explicit': explicit.trips,
        'trips-wumbo': wumbo.trips,
        'stopped-to-prompt-ms': Math.max(brief.toPromptMs, talkative.toPromptMs),
        'lines-lost': talkative.lost,
        'lines-twice': talkative.twice,
        'log-peak-mib': talkative.peakMiB,
      }),
    };
  },
};

/** Medians; of what must never happen the worst. */
async function repeat(rounds: number, work: () => Promise<Launch>): Promise<Launch> {
  const launches: Launch[] = [];
  for (let round = 0; round < rounds; round += 1) launches.push(await work());
  const middle = (pick: (launch: Launch) => number): number => median(launches.map(pick));
  return {
    lines: middle(({ lines }) => lines),
    lost: Math.max(...launches.map(({ lost }) => lost)),
    twice: Math.max(...launches.map(({ twice }) => twice)),
    toPromptMs: middle(({ toPromptMs }) => toPromptMs),
    wallMs: middle(({ wallMs }) => wallMs),
    peakMiB: middle(({ peakMiB }) => peakMiB),
  };
}
