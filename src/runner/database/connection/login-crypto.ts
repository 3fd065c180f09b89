/**
 * What node-postgres (8.23.1, lib/crypto/utils.js) asks of its platform to log in, by node:crypto; the build puts it in the place
 * of that file. RFC 5802 and 7677 (SCRAM-SHA-256), and the protocol documentation, "AuthenticationMD5Password".
 */
import { createHash, createHmac, hash, pbkdf2Sync, randomBytes as nodeRandomBytes } from 'node:crypto';

export function randomBytes(length: number): Buffer {
  return nodeRandomBytes(length);
}

export function md5(text: string | Uint8Array): string {
  return hash('md5', text);
}

export function postgresMd5PasswordHash(user: string, password: string, salt: Uint8Array): string {
  return `md5${md5(Buffer.concat([Buffer.from(md5(password + user)), salt]))}`;
}

export function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** The name is Web Crypto's: `SHA-256`. */
export function hashByName(name: string, bytes: Uint8Array): Buffer {
  return createHash(name.replace('-', '')).update(bytes).digest();
}

export function hmacSha256(key: Uint8Array, message: string): Buffer {
  return createHmac('sha256', key).update(message).digest();
}

export function deriveKey(password: string, salt: Uint8Array, iterations: number): Buffer {
  return pbkdf2Sync(password, salt, iterations, 32, 'sha256');
}
