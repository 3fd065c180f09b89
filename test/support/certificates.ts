import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';

import { bits, boolean, integer, octets, oid, sequence, set, tagged, time, utf8, type Der } from './der.ts';

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateWish {
  readonly commonName: string;
  /** Host names and IPv4 addresses. */
  readonly names?: readonly string[];
  readonly validFrom?: Date;
  readonly validTo?: Date;
}

/** A private authority of this test. */
export interface Authority {
  readonly certificate: string;
  readonly issue: (wish: CertificateWish) => Certificate;
}

const dayMs = 86_400_000;

/** Makes a root, and what it signs (RFC 5280; ECDSA on P-256). No program beside Node is needed. */
export function createAuthority(commonName: string): Authority {
  const keys = newKeys();
  const self = { commonName, keys };
  return {
    certificate: pemOf(signed({ commonName }, { subject: keys, issuer: self, isAuthority: 'true' })),
    issue: (wish) => {
      const subject = newKeys();
      return finished(signed(wish, { subject, issuer: self, isAuthority: 'false' }), subject);
    },
  };
}

/** A certificate that nobody but itself vouches for. */
export function selfSigned(wish: CertificateWish): Certificate {
  const keys = newKeys();
  const issuer = { commonName: wish.commonName, keys };
  return finished(signed(wish, { subject: keys, issuer, isAuthority: 'false' }), keys);
}

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

interface Parties {
  readonly subject: Keys;
  readonly issuer: { readonly commonName: string; readonly keys: Keys };
  readonly isAuthority: 'true' | 'false';
}

function newKeys(): Keys {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function finished(certificate: Der, { privateKey }: Keys): Certificate {
  return { certificate: pemOf(certificate), key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function signed(wish: CertificateWish, { subject, issuer, isAuthority }: Parties): Der {
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const { validFrom = new Date(Date.now() - dayMs), validTo = new Date(Date.now() + 30 * dayMs) } = wish;
  const body = sequence(
    tagged(0xa0, integer(Buffer.of(2))),
    integer(randomBytes(8)),
    algorithm,
    nameOf(issuer.commonName),
    sequence(time(validFrom), time(validTo)),
    nameOf(wish.commonName),
    subject.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(basicConstraints(isAuthority), ...alternativeNames(wish.names ?? []))),
  );
  return sequence(body, algorithm, bits(sign('sha256', body, issuer.keys.privateKey)));
}

function nameOf(commonName: string): Der {
  return sequence(set(sequence(oid('2.5.4.3'), utf8(commonName))));
}

function basicConstraints(isAuthority: 'true' | 'false'): Der {
  const value = isAuthority === 'true' ? sequence(boolean('true')) : sequence();
  return sequence(oid('2.5.29.19'), boolean('true'), octets(value));
}

function alternativeNames(names: readonly string[]): readonly Der[] {
  if (names.length === 0) return [];
  const encoded = names.map((name) =>
    isIPv4(name) ? tagged(0x87, Buffer.from(name.split('.').map(Number))) : tagged(0x82, Buffer.from(name)),
  );
  return [sequence(oid('2.5.29.17'), octets(sequence(...encoded)))];
}

function pemOf(certificate: Der): string {
  const lines = certificate.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
