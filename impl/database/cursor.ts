/**
 * Where a page ended, as text for its reader to hand back: the time and the id of its last row. `id` breaks ties, so that
 * rows of one moment are neither repeated nor left out. It holds nothing secret and grants nothing.
 * @see https://use-the-index-luke.com/no-offset
 */
import { z } from 'zod';
import { uuidPattern } from '../services/jobs.ts';

export interface Cursor {
  /** Microseconds since 1970: PostgreSQL's resolution, which a `Date` does not have. */
  readonly createdAt_us: string;
  readonly id: string;
}

export const cursor_maxLength = 128;

// Within what `timestamptz` holds, whatever is sent.
const schema = z.tuple([z.string().regex(/^\d{1,17}$/), z.string().regex(new RegExp(uuidPattern))]);

export function encodeCursor({ createdAt_us, id }: Cursor): string {
  return Buffer.from(JSON.stringify([createdAt_us, id])).toString('base64url');
}

/** `undefined` for what `encodeCursor` cannot have made. */
export function decodeCursor(text: string): Cursor | undefined {
  if (text.length > cursor_maxLength || !/^[\w-]+$/.test(text)) return undefined;
  try {
    const [createdAt_us, id] = schema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { createdAt_us, id };
  } catch {
    return undefined;
  }
}
