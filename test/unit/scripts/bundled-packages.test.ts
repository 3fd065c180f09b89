import { expect, test } from 'vitest';

import { bundledPackages, formatSbom, readLicences } from '../../../scripts/bundled-packages.ts';

const integrity = 'sha512-AAEC';
const lock = {
  packages: {
    'node_modules/pg': { version: '8.0.0', license: 'MIT', integrity },
    'node_modules/@aws-sdk/core': { version: '3.0.0', license: 'Apache-2.0', integrity },
    'node_modules/pg/node_modules/split2': { version: '4.0.0', integrity },
    'node_modules/unused': { version: '1.0.0', license: 'GPL-3.0', integrity },
  },
};

test('each bundled package once, scoped and nested ones too, and none that is not in the bundle', () => {
  const inputs = [
    'src/main.ts',
    'node_modules/pg/lib/a.js',
    'node_modules/pg/lib/b.js',
    'node_modules/@aws-sdk/core/dist/x.js',
    'node_modules/pg/node_modules/split2/index.js',
    'left-out:@rushstack/ts-command-line',
  ];
  expect(bundledPackages(inputs, lock).map(({ name, version, license }) => [name, version, license])).toEqual([
    ['@aws-sdk/core', '3.0.0', 'Apache-2.0'],
    ['pg', '8.0.0', 'MIT'],
    ['split2', '4.0.0', 'NOASSERTION'],
  ]);
});

test('a package that the lock file does not know ends the build', () => {
  expect(() => bundledPackages(['node_modules/stranger/index.js'], lock)).toThrow('node_modules/stranger is bundled');
});

test('the bill of materials names each package with its checksum, and has no date', () => {
  const packages = bundledPackages(['node_modules/@aws-sdk/core/x.js'], lock);
  const sbom = JSON.parse(formatSbom('1.2.3', packages)) as object;
  expect(sbom).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { component: { purl: 'pkg:npm/wumbo-migrations@1.2.3' } },
    components: [
      {
        purl: 'pkg:npm/%40aws-sdk/core@3.0.0',
        licenses: [{ expression: 'Apache-2.0' }],
        hashes: [{ alg: 'SHA-512', content: '000102' }],
      },
    ],
  });
  expect(JSON.stringify(sbom)).not.toContain('timestamp');
});

test('the licence of a real package is kept word for word', async () => {
  const [pg] = bundledPackages(['node_modules/pg/lib/index.js'], lock);
  expect(await readLicences(pg ? [pg] : [])).toContain('Permission is hereby granted, free of charge');
});
