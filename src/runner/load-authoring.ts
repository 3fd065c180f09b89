import { resolve } from 'node:path';

import type { ScratchOptions } from '../authoring/scratch/server-lease.ts';
import type { Surroundings } from '../authoring/surroundings.ts';
import { readSettingsFile } from './settings/config-file.ts';
import { currentRevision } from './history/record.ts';
import type { MigrateOptions } from './library/options.ts';
import type { Authoring } from './run-command.ts';
import type { Settings } from './settings/settings-table.ts';

export interface AuthoringNeeds {
  readonly settings: Settings;
  readonly options: MigrateOptions;
  readonly scratch: Omit<ScratchOptions, 'shadowUrl' | 'setupFile'>;
  /** Whether a person can be asked; looked at only then, since standard input costs a start to open. */
  readonly isInteractive: () => boolean;
}

/** The authoring commands, each loaded when it runs: the container's upgrade reads nothing of them. */
export function loadAuthoring({ settings, options, scratch, isInteractive }: AuthoringNeeds): Authoring {
  const { migrations: directory, historySchema } = settings;
  const readSurroundings = async (): Promise<Surroundings> => {
    const { replayWith } = await import('./replay.ts');
    return {
      scratch: { ...scratch, shadowUrl: settings.shadowUrl, setupFile: settings.scratchSetup },
      replay: replayWith(options),
      now: () => new Date(),
    };
  };
  return {
    writeRevision: async (asked) => {
      const { writeRevision } = await import('../authoring/write-revision.ts');
      return { file: await writeRevision({ directory, now: new Date(), ...asked }) };
    },
    rebaseRevision: async (asked) => {
      const { rebaseRevision } = await import('../authoring/rebase-revision.ts');
      return rebaseRevision({ ...asked, now: new Date() });
    },
    autogenerate: async (asked, context) => {
      (await import('./small-parser.ts')).keepParserSmall();
      const { autogenerateRevision } = await import('../authoring/autogenerate-revision.ts');
      const { decisionsOf } = await import('../authoring/decide.ts');
      const { schema, schemaCommand: command } = settings;
      const questions = isInteractive() ? await import('../authoring/ask-rename.ts') : undefined;
      const ask = questions && { rename: questions.askRename, using: questions.askUsing };
      return autogenerateRevision({
        ...asked,
        directory,
        historySchema,
        source: command === undefined ? { kind: 'files', directory: schema } : { kind: 'command', command },
        fromDatabase: asked.fromDatabase ? context.connection() : undefined,
        decide: (texts) => decisionsOf({ ...asked, ask }, texts),
        surroundings: await readSurroundings(),
      });
    },
    adoption: {
      prove: async (asked) => {
        const { proveAdoption } = await import('../authoring/adopt/prove-adoption.ts');
        return proveAdoption(asked, { historySchema, surroundings: await readSurroundings() });
      },
      importMigrations: async (asked) => {
        const { importMigrations } = await import('../authoring/adopt/import-migrations.ts');
        return importMigrations({ asked, directory, historySchema, surroundings: await readSurroundings() });
      },
      writeCatalog: async () => {
        const { writeCatalogFile } = await import('../authoring/adopt/catalog-file.ts');
        return writeCatalogFile({ directory, historySchema, surroundings: await readSurroundings() });
      },
    },
    test: async ({ since }, { output }) => {
      const { testRevisions } = await import('../authoring/test/test-revisions.ts');
      const surroundings = await readSurroundings();
      return testRevisions({ directory, historySchema, since, surroundings, tell: output.remark });
    },
    drift: async ({ sql, against }, context, applied) => {
      const { findDrift } = await import('../authoring/drift/find-drift.ts');
      const current = currentRevision(applied)?.id;
      const scope = { ignoredSchemas: [historySchema], ignoredObjects: patternsOf(settings.ignore) };
      const live = context.connection();
      return findDrift({
        directory,
        historySchema,
        live,
        current,
        scope,
        sql,
        against,
        surroundings: await readSurroundings(),
      });
    },
    dump: async (asked, context) => {
      const { dumpSchema } = await import('../authoring/dump/dump-schema.ts');
      const database = asked.source === 'database' ? context.connection() : undefined;
      return dumpSchema({ ...asked, directory, historySchema, database, surroundings: await readSurroundings() });
    },
    squash: async (asked) => {
      const { squash } = await import('../authoring/squash/squash.ts');
      return squash(asked, { directory, historySchema, surroundings: await readSurroundings() });
    },
    lint: async ({ files, since, failOn, postgres, format, queries, trace }) => {
      (await import('./small-parser.ts')).keepParserSmall();
      const { lintRevisions } = await import('../authoring/lint/lint-revisions.ts');
      const { readLintConfig } = await import('../authoring/lint/lint-settings.ts');
      const fromFile = readLintConfig(readSettingsFile(resolve('.'))?.values['lint'] ?? {});
      return lintRevisions({
        directory,
        workingDirectory: resolve('.'),
        files,
        config: {
          ...fromFile,
          since: since ?? fromFile.since,
          failOn: failOn ?? fromFile.failOn,
          postgres: postgres ?? fromFile.postgres,
        },
        format: format ?? (scratch.environment['GITHUB_ACTIONS'] === 'true' ? 'github' : 'text'),
        trace,
        queries,
        timeouts: { lockTimeoutMs: settings.lockTimeout, statementTimeoutMs: settings.statementTimeout },
        surroundings: await readSurroundings(),
      });
    },
  };
}

function patternsOf(ignore: string | undefined): readonly string[] {
  return (ignore ?? '')
    .split(',')
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '');
}
