import { AwsError } from './aws-error.ts';

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Absent on the last page. */
  readonly nextToken: string | undefined;
}

/**
 * One page of a list. The token is opaque to the caller, as AWS's are; inside it is the position of the next page.
 * @throws AwsError of the given type for a token that this list never gave.
 */
export function pageOf<Item>(
  all: readonly Item[],
  { token, size, invalidType }: { token: string | undefined; size: number; invalidType: string },
): Page<Item> {
  const start = token === undefined ? 0 : position(token);
  if (start === undefined || start > all.length) throw new AwsError(invalidType, 'Invalid token');
  const end = start + size;
  const nextToken = end < all.length ? Buffer.from(`position:${end}`).toString('base64url') : undefined;
  return { items: all.slice(start, end), nextToken };
}

function position(token: string): number | undefined {
  const match = /^position:(\d+)$/.exec(Buffer.from(token, 'base64url').toString());
  return match ? Number(match[1]) : undefined;
}
