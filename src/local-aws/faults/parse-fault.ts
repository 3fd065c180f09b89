import { AppError } from '../../contract/app-error.ts';
import { parseDuration } from '../../contract/duration.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { suggestion } from '../../contract/suggestion.ts';
import { operationNames } from '../operations.ts';
import { faultKinds, phases, type Fault, type FaultKind, type Ingredient } from './fault.ts';

type Changeable = { -readonly [Key in keyof Fault]: Fault[Key] };

/**
 * Reads a sentence such as `throttle GetLogEvents 50% for 10s`, `lose RunTask once` or `late-lines 2s 20%`: the kind, what it
 * takes, then in any order how often (`50%`, `3 times`, `once`), from when (`after 2`: the third time) and until when (`for 10s`).
 * @throws AppError `usage` that names the word and, when one is near, what it may mean.
 */
export function parseFault(sentence: string): Fault {
  const words = [...sentence.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
  const reader: WordReader = { sentence: sentence.trim(), words, position: 0 };
  const kind = readKind(reader);
  const fault: Changeable = {
    kind,
    sentence: reader.sentence,
    chance: 1,
    after: 0,
    times: Infinity,
    forMs: Infinity,
  };
  for (const ingredient of faultKinds[kind].takes) readIngredient(fault, ingredient, reader);
  while (reader.position < words.length) readModifier(fault, reader);
  return fault;
}

interface WordReader {
  readonly sentence: string;
  readonly words: readonly string[];
  position: number;
}

function next(reader: WordReader, wanted: string): string {
  const word = reader.words[reader.position];
  if (word === undefined) throw wrong(reader, `ends where ${wanted} is missing`);
  reader.position += 1;
  return word;
}

function readKind(reader: WordReader): FaultKind {
  const word = next(reader, 'the kind of fault');
  const known = Object.keys(faultKinds);
  if (Object.hasOwn(faultKinds, word)) return word as FaultKind;
  throw wrong(reader, `"${word}" is no kind of fault${nearest(word, known) ?? `; there are ${known.join(', ')}`}`);
}

function readIngredient(fault: Changeable, ingredient: Ingredient, reader: WordReader): void {
  switch (ingredient) {
    case 'operation':
      fault.operation = operationOf(next(reader, 'an operation (GetLogEvents, logs:* or *)'), reader);
      return;
    case 'duration':
      fault.ms = durationOf(next(reader, 'a time (500ms, 2s)'), reader);
      return;
    case 'duration?': {
      const word = reader.words[reader.position] ?? '';
      if (!/^\d+(\.\d+)?(ms|s|m|h)$/.test(word)) return;
      fault.ms = durationOf(next(reader, 'a time'), reader);
      return;
    }
    case 'count':
      fault.count = countOf(next(reader, 'a number'), reader);
      return;
    case 'type':
      fault.text = next(reader, 'an exception (ServerException)');
      if (!/^[A-Za-z.]+$/.test(fault.text)) throw wrong(reader, `"${fault.text}" is no name of an exception`);
      return;
    case 'reason':
      fault.text = next(reader, 'a reason in double quotes');
      return;
    case 'phase':
      fault.phase = phaseOf(next(reader, 'a phase (PENDING)'), reader);
  }
}

function readModifier(fault: Changeable, reader: WordReader): void {
  const word = next(reader, 'a word');
  if (/^\d+(\.\d+)?%$/.test(word)) {
    fault.chance = Number(word.slice(0, -1)) / 100;
    if (fault.chance > 1) throw wrong(reader, `${word} is more than 100%`);
  } else if (word === 'for') fault.forMs = durationOf(next(reader, 'a time after "for"'), reader);
  else if (word === 'after') fault.after = countOf(next(reader, 'a number after "after"'), reader);
  else if (word === 'once') fault.times = 1;
  else if (/^\d+$/.test(word)) {
    fault.times = countOf(word, reader);
    const times = next(reader, '"times"');
    if (times !== 'times') throw wrong(reader, `"${times}" stands where "times" is meant`);
  } else
    throw wrong(
      reader,
      `"${word}" is not understood${nearest(word, ['for', 'after', 'once', 'times']) ?? '; there are 50%, once, 3 times, after 2, for 10s'}`,
    );
}

function operationOf(word: string, reader: WordReader): string {
  const known = operationNames();
  const services = [...new Set(known.map(({ service }) => `${service}:*`))];
  const names = known.map(({ operation }) => operation);
  if (word === '*' || services.includes(word) || names.includes(word)) return word;
  throw wrong(
    reader,
    `"${word}" is no operation of the stand-in${nearest(word, [...names, ...services]) ?? `; there are *, ${services.join(', ')} and ${names.join(', ')}`}`,
  );
}

function phaseOf(word: string, reader: WordReader): string {
  if (phases.some((phase) => phase === word)) return word;
  throw wrong(reader, `"${word}" is no phase${nearest(word, phases) ?? `; there are ${phases.join(', ')}`}`);
}

function durationOf(word: string, reader: WordReader): number {
  const ms = parseDuration(word);
  if (ms === undefined) throw wrong(reader, `"${word}" is not a time; write 500ms, 2s or 1m`);
  return ms;
}

function countOf(word: string, reader: WordReader): number {
  if (!/^[1-9]\d{0,5}$/.test(word)) throw wrong(reader, `"${word}" is not a number from 1 on`);
  return Number(word);
}

function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const near = suggestion(word, candidates);
  return near === undefined ? undefined : `; did you mean ${near}?`;
}

function wrong({ sentence }: WordReader, problem: string): AppError {
  return new AppError({
    code: 'usage',
    exitCode: exitCodes.usage,
    message: `The fault \`${sentence}\`: ${problem.replace(/\?$/, '')}${problem.endsWith('?') ? '?' : '.'}`,
    hint: 'Write it like `throttle GetLogEvents 50% for 10s`; `node dist/local-aws.js --help` lists all kinds.',
  });
}
