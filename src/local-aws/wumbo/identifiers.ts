import { createHash } from 'node:crypto';

/** The first `length` hex characters of a hash: the same identifier for the same thing in every run. */
export function hexOf(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

/** A logical id as CDK makes it: the name, and eight upper-case hex characters of the construct's path, equal in every environment. */
export function logicalId(name: string): string {
  return `${name}${hexOf(name, 8).toUpperCase()}`;
}

/** An ARN's or stack's UUID. */
export function uuidOf(text: string): string {
  const hex = hexOf(text, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
