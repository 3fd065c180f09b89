/** Writes the tables of README.md and docs/json.md from the code: `npm run docs`. A test fails when they differ. */
import { readFile, writeFile } from 'node:fs/promises';

import { exitCodeMeanings } from '../src/contract/exit-codes.ts';
import { visibleOptions } from '../src/launcher/command-line/command-line.ts';
import { variableOf } from '../src/launcher/settings/settings.ts';

import { environmentOnly, settingsTable, variableName } from '../src/runner/settings/settings-table.ts';
import { rules } from '../src/authoring/lint/rules.ts';
import { jsonTables } from './json-tables.ts';

/** The README with every generated table as the code has it now. */
export function withTables(readme: string): string {
  const sections = {
    'settings of migrate': runnerSettings(),
    'variables of migrate': table(
      ['variable', 'meaning'],
      Object.entries(environmentOnly).map(([name, meaning]) => [code(name), meaning]),
    ),
    'settings of launch-migration': launcherSettings(),
    'exit codes': table(['code', 'meaning'], Object.entries(exitCodeMeanings)),
  };
  return withSections(readme, sections);
}

/** docs/json.md with every table as the code has it now. */
export function withShapes(guide: string): string {
  return withSections(guide, jsonTables());
}

/** docs/lint.md with the table of rules as the code has it now. */
export function withRules(guide: string): string {
  const families = new Set([...rules.values()].map(({ family }) => family));
  const sections = [...families].map((family) => {
    const rows = [...rules].filter(([, rule]) => rule.family === family);
    return [
      `rules about ${family}`,
      table(
        ['rule', 'severity', 'about'],
        rows.map(([name, { severity, about }]) => [code(name), severity, about]),
      ),
    ];
  });
  return withSections(guide, Object.fromEntries(sections) as Record<string, string>);
}

function withSections(document: string, sections: Readonly<Record<string, string>>): string {
  return Object.entries(sections).reduce((text, [name, rows]) => {
    const [begin, end] = [`<!-- begin ${name} -->\n`, `<!-- end ${name} -->`];
    const [before, rest = ''] = text.split(begin);
    if (before === text) throw new Error(`There is no section "${name}".`);
    const after = rest.slice(rest.indexOf(end));
    return `${before ?? ''}${begin}${rows}${after}`;
  }, document);
}

function runnerSettings(): string {
  const rows = Object.entries(settingsTable).map(([name, { flag, fallback, help }]) => [
    code(flag),
    code(variableName(name)),
    fallback === undefined || fallback === 'false' ? '' : code(fallback),
    help,
  ]);
  return table(['option', 'variable', 'default', 'meaning'], rows);
}

function launcherSettings(): string {
  const rows = visibleOptions()
    .filter(({ flags }) => !/--(help|version)$/.test(flags))
    .map(({ flags, description }) => {
      const key = (flags.split(' ')[0] ?? '')
        .replace(/^--/, '')
        .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
      const [, meaning = description, fallback = ''] = /^(.*) \(default: (.*)\)$/.exec(description) ?? [];
      const variable = variableOf(key);
      return [code(flags), variable === undefined ? '' : code(variable), fallback, meaning];
    });
  return table(['option', 'variable', 'default', 'meaning'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map((row) => line(row)).join('');
}

function code(text: string): string {
  return `\`${text}\``;
}

if (import.meta.main) {
  await writeFile('README.md', withTables(await readFile('README.md', 'utf8')));
  await writeFile('docs/lint.md', withRules(await readFile('docs/lint.md', 'utf8')));
  await writeFile('docs/json.md', withShapes(await readFile('docs/json.md', 'utf8')));
}
