import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { build, type BuildOptions, type Metafile } from 'esbuild';

/** A program in chunks, and the sources that each of its joined files begins with. */
export interface ChunkedProgram {
  readonly program: string;
  readonly outdir: string;
  readonly metafile: Metafile;
  readonly options: BuildOptions;
  /** By the name of the file: sources of which the chunks, and all that those load at once, go into it. In this order. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

/**
 * Joins chunks that are loaded together into one file. esbuild makes a chunk of every set of modules that the same entries
 * share, and each is a millisecond of processor time at the start. What the file is asked for by others it exports under names
 * of its own, so that every module still exists once.
 */
export async function joinChunks(chunked: ChunkedProgram): Promise<void> {
  const { program, outdir, metafile, options, groups } = chunked;
  const joined = new Map<string, JoinedChunk>();
  for (const [name, sources] of Object.entries(groups)) {
    const file = `${program}-${name}.js`;
    const chunks = loadedTogether(metafile, sources).filter((chunk) => !joined.has(chunk));
    for (const chunk of chunks) joined.set(chunk, { file, suffix: `_${joined.size}` });
    await build({
      ...options,
      stdin: { contents: chunks.map((chunk) => exportsOf(chunk, metafile, joined)).join('\n'), resolveDir: outdir },
      outfile: `${outdir}/${file}`,
      plugins: [
        {
          name: 'chunks',
          setup(joining) {
            // Of other files, and what is loaded only when it is needed.
            joining.onResolve({ filter: /^\.\// }, ({ path, kind }) => {
              const isOwn = chunks.some((chunk) => basename(chunk) === basename(path));
              return kind === 'dynamic-import' || !isOwn ? { path, external: true } : undefined;
            });
            joining.onLoad({ filter: /\.js$/ }, async ({ path }) => ({
              // The joined file has this line itself. An empty one in its place: the source map counts lines.
              contents: (await readFile(path, 'utf8')).replace(options.banner?.['js'] ?? '', ''),
              loader: 'js',
            }));
          },
        },
      ],
    });
  }
  const others = Object.keys(metafile.outputs).filter((file) => file.endsWith('.js') && !joined.has(file));
  const files = [...others, ...Object.keys(groups).map((name) => `${outdir}/${program}-${name}.js`)];
  await Promise.all(files.map((file) => redirectImports(file, joined)));
  await Promise.all([...joined.keys()].flatMap((chunk) => [rm(chunk), rm(`${chunk}.map`)]));
}

interface JoinedChunk {
  readonly file: string;
  /** What its names have behind them in the joined file. */
  readonly suffix: string;
}

/** The chunks of these sources and all that they import at once, what is imported first. */
function loadedTogether(metafile: Metafile, sources: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const visit = (file: string): void => {
    const output = metafile.outputs[file];
    if (!output || found.has(file)) return;
    for (const { path, kind } of output.imports) if (kind === 'import-statement') visit(path);
    found.add(file);
  };
  for (const source of sources) {
    const chunk = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === source)?.[0];
    if (chunk === undefined)
      throw new Error(`${source} is no file of its own any more: nothing imports it when needed`);
    visit(chunk);
  }
  return [...found];
}

function exportsOf(chunk: string, metafile: Metafile, joined: ReadonlyMap<string, JoinedChunk>): string {
  const { exports = [], entryPoint } = metafile.outputs[chunk] ?? {};
  const suffix = joined.get(chunk)?.suffix ?? '';
  const path = JSON.stringify(`./${basename(chunk)}`);
  const names = exports.map((name) => `${name} as ${name}${suffix}`).join(', ');
  // As a whole for who loads it when needed.
  const whole = entryPoint === undefined ? '' : `export * as all${suffix} from ${path};`;
  return `export { ${names} } from ${path}; ${whole}`;
}

/** Keeps every line where it is. */
async function redirectImports(file: string, joined: ReadonlyMap<string, JoinedChunk>): Promise<void> {
  const byName = new Map([...joined].map(([chunk, place]) => [basename(chunk), place]));
  const text = await readFile(file, 'utf8');
  const atOnce = /^import (?:\{([^{}]*)\} from )?"\.\/([\w.-]+)";$/gm;
  const whenNeeded = /\bimport\("\.\/([\w.-]+)"\)/g;
  const changed = text
    .replace(atOnce, (statement, names: string | undefined, chunk: string) => {
      const place = byName.get(chunk);
      if (!place) return statement;
      if (names === undefined) return `import "./${place.file}";`;
      const renamed = names.replace(
        /([\w$]+)(?: as ([\w$]+))?/g,
        (_, name: string, local = name) => `${name}${place.suffix} as ${local}`,
      );
      return `import {${renamed}} from "./${place.file}";`;
    })
    .replace(whenNeeded, (expression, chunk: string) => {
      const place = byName.get(chunk);
      return place ? `import("./${place.file}").then((joined) => joined.all${place.suffix})` : expression;
    });
  await writeFile(file, changed);
}
