import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { suggestion } from '../../contract/suggestion.ts';
import type { SettingsFile } from './config-file.ts';
import {
  environmentOnly,
  settingsTable,
  variableName,
  type Flags,
  type SettingName,
  type Settings,
} from './settings-table.ts';

/**
 * Reads the settings: option, else variable, else file, else default.
 * @throws AppError `bad-settings` (2) that names every problem at once, unknown `MIGRATE_…` variables and keys included.
 */
export function readSettings(
  flags: Flags,
  environment: Readonly<Record<string, string | undefined>>,
  file?: SettingsFile,
): Settings {
  const problems: string[] = [];
  const settings: Record<string, unknown> = {};
  for (const [name, { schema, fallback, flag }] of Object.entries(settingsTable)) {
    const given = flags[name as SettingName];
    const variable = variableName(name);
    const inFile = environment[variable] === undefined ? file?.values[name] : undefined;
    const [option = flag] = flag.split(' ');
    const origin = given !== undefined ? option : inFile === undefined ? variable : `${name} of ${file?.name ?? ''}`;
    const parsed = schema.safeParse(given?.toString() ?? environment[variable] ?? inFile?.toString() ?? fallback);
    if (parsed.success) settings[name] = parsed.data;
    else problems.push(`${origin} ${parsed.error.issues[0]?.message ?? 'is wrong'}`);
  }
  problems.push(...unknownVariables(environment), ...wrongKeys(file));
  if (problems.length > 0) {
    throw new AppError({
      code: 'bad-settings',
      exitCode: exitCodes.usage,
      message:
        problems.length === 1
          ? (problems[0] ?? '').replace(/[^?]$/, '$&.')
          : `${problems.length} settings are wrong:\n  ${problems.join('\n  ')}`,
      hint: 'See `migrate --help`.',
    });
  }
  return settings as Settings;
}

/** Also what nobody may write down in a file that is committed: where the database is says its password, too. */
function wrongKeys(file: SettingsFile | undefined): readonly string[] {
  return Object.entries(file?.values ?? {}).flatMap(([name, value]) => {
    const known = Object.keys(settingsTable).filter((other) => !secretSettings.includes(other));
    const what = `${name} of ${file?.name ?? ''}`;
    // An object of its own, which `migrate lint` reads and checks.
    if (name === 'lint') return [];
    if (secretSettings.includes(name)) return [`${what} belongs into ${variableName(name)}, not into a file`];
    if (known.includes(name))
      return ['string', 'number', 'boolean'].includes(typeof value)
        ? []
        : [`${what} is neither text, number nor boolean`];
    const near = suggestion(name, known);
    return [`${what} is no setting${near === undefined ? '' : `; did you mean ${near}?`}`];
  });
}

const secretSettings: readonly string[] = ['databaseUrl', 'shadowUrl'];

function unknownVariables(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const known = [...Object.keys(settingsTable).map(variableName), ...Object.keys(environmentOnly)];
  return Object.keys(environment)
    .filter((name) => name.startsWith('MIGRATE_') && !known.includes(name))
    .map((name) => {
      const near = suggestion(name, known);
      return `${name} is no setting${near === undefined ? '' : `; did you mean ${near}?`}`;
    });
}
