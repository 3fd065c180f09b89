import { parseArgs } from 'node:util';

import { suggestion } from '../src/contract/suggestion.ts';
import type { Part, Size } from './part.ts';
import { parts } from './parts/all.ts';

/** What was asked for. */
export type Invocation =
  | { readonly kind: 'help' | 'list' | 'peers' | 'install-peers' | 'render' }
  | { readonly kind: 'refused'; readonly problem: string }
  | Measuring;

export interface Measuring {
  readonly kind: 'measure';
  readonly parts: readonly Part[];
  readonly size: Size;
  /** The README's table is written when all is measured. */
  readonly isForReadme: boolean;
  readonly isJson: boolean;
  /** Peers of npm and PyPI that are absent are installed first. */
  readonly installs: boolean;
}

const options = {
  help: { type: 'boolean', short: 'h', default: false },
  list: { type: 'boolean', default: false },
  peers: { type: 'boolean', default: false },
  'install-peers': { type: 'boolean', default: false },
  render: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  tiny: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  'no-install': { type: 'boolean', default: false },
} as const;

export const helpText = `npm run bench -- [part …] [options]

Measures ours beside the tools that people use today, on one PostgreSQL. Without a part: all of them (about half an hour).
A full measurement of a part is kept in bench/results.json, and bench/results.md shows all that is kept.

  --quick           two minutes for everything; prints ratios, keeps nothing
  --write           writes the README's table too; needs a full measurement of every part, on a quiet machine
  --json            prints what was measured as JSON
  --list            the parts
  --peers           which tools are here, and how to get the others
  --install-peers   installs those of npm and PyPI, below bench/peers
  --no-install      leaves absent tools absent (a run installs them first)
  --render          writes bench/results.md anew from bench/results.json
  --tiny            the smallest amounts: proves that the bench works, its figures mean nothing

Needs GNU time (apt-get install time). Some figures need root on Linux (0.25 vCPU) or a Docker engine (image); without,
they are named as not measured.
`;

/** Reads the words after `npm run bench --`. */
export function parseInvocation(args: readonly string[]): Invocation {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    return { kind: 'refused', problem: refusalOf(error, args) };
  }
  const { values, positionals } = parsed;
  for (const kind of ['help', 'list', 'peers', 'install-peers', 'render'] as const) if (values[kind]) return { kind };
  const names = parts.map(({ name }) => name);
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) return { kind: 'refused', problem: unknownPart(unknown, names) };
  if (values.quick && values.tiny) return { kind: 'refused', problem: 'Give --quick or --tiny, not both.' };
  const size = values.quick ? 'quick' : values.tiny ? 'tiny' : 'full';
  if (values.write && size !== 'full')
    return { kind: 'refused', problem: `The README shows full measurements: leave out --${size} or --write.` };
  return {
    kind: 'measure',
    parts: positionals.length === 0 ? parts : parts.filter(({ name }) => positionals.includes(name)),
    size,
    isForReadme: values.write,
    isJson: values.json,
    installs: !values['no-install'],
  };
}

function unknownPart(name: string, names: readonly string[]): string {
  const near = suggestion(name, names);
  const known = near === undefined ? `The parts are: ${names.join(', ')}.` : `Did you mean "${near}"?`;
  return `There is no part "${name}". ${known}`;
}

function refusalOf(error: unknown, args: readonly string[]): string {
  const known = Object.keys(options).map((name) => `--${name}`);
  const unknown = args.find((word) => word.startsWith('-') && !known.includes(word) && word !== '-h');
  if (unknown === undefined) return error instanceof Error ? error.message : String(error);
  const near = suggestion(unknown, known);
  return `There is no option "${unknown}". ${near === undefined ? 'See: npm run bench -- --help' : `Did you mean "${near}"?`}`;
}
