/**
 * The log's atomic steps, as Lua run by Redis.
 *
 * A channel is two keys with one hash tag: the stream `events:{channel}` with an entry `<offset>-0` for each event, and
 * the hash `events:{channel}:meta` with `epoch`, `offset`, `sequence` (the last one appended), `source` (whose sequence it is)
 * and `run` (the run of the server that wrote last). Every script first looks whether the two belong together; if either was lost, a new epoch
 * begins. The epoch also stands in each entry, so that a reader of the stream alone sees it change.
 *
 * A server that restarts, or is promoted, may have lost the end of both without their contradicting each other, and
 * would give the offsets of lost events to others. So under a new run the epoch goes on only when the writer vouches
 * for the log's end: it stands where this writer left it, or just behind that with the very event that it appends again
 * because the server went before it answered, or it still has the last event that the writer will never append again.
 * What came after that one is yet to be appended, or appended again, in the same order and so under the same offsets.
 * Until that next event nobody can know of the loss.
 */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/**
 * How long the epoch of a channel that nobody has written to outlives its last follower: whoever may subscribe can name
 * channels, and they must not pile up. A client away for longer is told of a gap.
 */
const EMPTY_CHANNEL_TTL_S = 600;

/** KEYS: stream, meta. ARGV[1]: the epoch to begin if one must begin. Sets `epoch`, `offset` and `sequence`. */
const HEAL = `
local stream, meta = KEYS[1], KEYS[2]
local epoch, offset, sequence = unpack(redis.call('HMGET', meta, 'epoch', 'offset', 'sequence'))
local last = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
local whole = epoch and ((last and last[1] == offset .. '-0') or (not last and offset == '0'))
local function run() return redis.call('INFO', 'server'):match('run_id:(%x+)') end
local function begin()
  epoch, offset = ARGV[1], '0'
  redis.call('DEL', stream)
  redis.call('HSET', meta, 'epoch', epoch, 'offset', offset, 'run', run())
end
if not whole then begin() end
offset = tonumber(offset)
if not sequence then redis.call('EXPIRE', meta, ${EMPTY_CHANNEL_TTL_S}) end
`;

/**
 * ARGV: new epoch, sequence, payload, max events, epoch and offset where this writer left the log ('' if it does not
 * know), source of the sequence, the last sequence known to have been appended ('' if none is known) → [epoch, offset,
 * duplicate].
 */
const APPEND = `${HEAL}
local source, heldRun = unpack(redis.call('HMGET', meta, 'source', 'run'))
local isForeign = sequence and source ~= ARGV[7]
local left = epoch == ARGV[5] and tonumber(ARGV[6])
local run = run()
local isAgain = left and offset == left + 1 and sequence == ARGV[2]
local confirmed = tonumber(ARGV[8])
local isVouchedFor = offset == left or isAgain or (confirmed and tonumber(sequence or '0') >= confirmed)
if isForeign or (left and offset < left) or (run ~= heldRun and not isVouchedFor) then begin() offset = 0 end
if sequence and not isForeign and tonumber(ARGV[2]) <= tonumber(sequence) then return { epoch, offset, 1 } end
offset = offset + 1
redis.call('XADD', stream, 'MAXLEN', '=', ARGV[4], string.format('%.0f-0', offset), 'epoch', epoch, 'payload', ARGV[3])
redis.call('HSET', meta, 'offset', string.format('%.0f', offset), 'sequence', ARGV[2], 'source', ARGV[7], 'run', run)
redis.call('PERSIST', meta)
return { epoch, offset, 0 }
`;

/** ARGV: new epoch, since epoch, since offset, limit, page, page bytes → [epoch, offset, recovered, entries]. */
const HISTORY = `${HEAL}
local since = tonumber(ARGV[3])
if ARGV[2] ~= epoch or since > offset or offset - since > tonumber(ARGV[4]) then return { epoch, offset, 0, {} } end
local entries = redis.call('XRANGE', stream, string.format('(%.0f-0', since), '+', 'COUNT', ARGV[5])
if since < offset and #entries == 0 then return { epoch, offset, 0, {} } end
local page, size = {}, 0
for i, entry in ipairs(entries) do
  if entry[1] ~= string.format('%.0f-0', since + i) then return { epoch, offset, 0, {} } end
  size = size + #(entry[2][4] or '')
  if i > 1 and size > tonumber(ARGV[6]) then break end
  page[i] = entry
end
return { epoch, offset, 1, page }
`;

/**
 * ARGV: new epoch, epoch, offset of a follower → 1 while the log still holds that place.
 * A log of the same epoch that ends before its follower has lost its end: a new epoch begins at once, not only with the
 * next event.
 */
const CHECK = `${HEAL}
if epoch == ARGV[2] and offset < tonumber(ARGV[3]) then begin() end
if epoch == ARGV[2] then return 1 end
return 0
`;

/** A Lua script called by its digest, and sent whole when the server does not know it (any more). */
export class Script {
  readonly #text: string;
  readonly #sha: string;

  constructor(text: string) {
    this.#text = text;
    this.#sha = createHash('sha1').update(text).digest('hex');
  }

  async run(redis: Redis, channel: string, args: readonly (string | number)[]): Promise<unknown> {
    const keys = [streamKey(channel), `${streamKey(channel)}:meta`];
    try {
      return await redis.evalsha(this.#sha, 2, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.eval(this.#text, 2, ...keys, ...args);
    }
  }
}

export const scripts = {
  append: new Script(APPEND),
  history: new Script(HISTORY),
  check: new Script(CHECK),
} as const;

export function streamKey(channel: string): string {
  return `events:{${channel}}`;
}
