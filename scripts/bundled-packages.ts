/** What esbuild put into the programs, from its metafile and package-lock.json: the SBOM and the licences. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, as the package says. */
  readonly license: string;
  /** Subresource integrity of its tarball, e.g. `sha512-…`. */
  readonly integrity: string;
  /** e.g. `node_modules/pg`. */
  readonly path: string;
}

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
}

/** The npm packages that at least one file of comes from, by name. @throws Error for one that the lock file does not know. */
export function bundledPackages(
  inputs: readonly string[],
  lock: { readonly packages: Readonly<Record<string, LockedPackage>> },
): readonly BundledPackage[] {
  const paths = inputs.flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []);
  return [...new Set(paths)]
    .map((path) => {
      const { version, license, integrity } = lock.packages[path] ?? {};
      if (version === undefined || integrity === undefined)
        throw new Error(`${path} is bundled, but package-lock.json has no version of it with a checksum.`);
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return { name, version, license: license ?? 'NOASSERTION', integrity, path };
    })
    .toSorted((left, right) => (`${left.name}@${left.version}` < `${right.name}@${right.version}` ? -1 : 1));
}

/** A bill of materials in CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/); the same packages give the same text. */
export function formatSbom(version: string, packages: readonly BundledPackage[]): string {
  const reference = (name: string, of: string): string => `pkg:npm/${name.replace('@', '%40')}@${of}`;
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': reference('wumbo-migrations', version),
        name: 'wumbo-migrations',
        version,
        purl: reference('wumbo-migrations', version),
        licenses: [{ expression: 'MIT' }],
      },
    },
    components: packages.map((found) => ({
      type: 'library',
      'bom-ref': reference(found.name, found.version),
      name: found.name,
      version: found.version,
      purl: reference(found.name, found.version),
      ...(found.license === 'NOASSERTION' ? {} : { licenses: [{ expression: found.license }] }),
      hashes: [hashOf(found.integrity)],
    })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function hashOf(integrity: string): { readonly alg: string; readonly content: string } {
  const [algorithm = '', encoded = ''] = integrity.split('-', 2);
  return { alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(encoded, 'base64').toString('hex') };
}

/** The licences that the bundled packages ask to be kept with them. */
export async function readLicences(packages: readonly BundledPackage[]): Promise<string> {
  const texts = packages.map(async ({ name, version, license, path }) => {
    const file = (await readdir(path)).find((entry) => /^(?:licen[cs]e|copying)/i.test(entry));
    const text =
      file === undefined
        ? `(${license}; the package has no text of its own)`
        : await readFile(join(path, file), 'utf8');
    return `${name} ${version}\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n`);
}
