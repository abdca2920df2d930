import { expect, test } from 'vitest';
import { eventText, parseClientFrame } from './protocol.ts';

const parse = (frame: unknown) => parseClientFrame(JSON.stringify(frame));

test.each([
  { type: 'authenticate', token: 'x' },
  { type: 'authenticate', token: 'x'.repeat(8_192) },
  { type: 'subscribe', channel: 'evaluations' },
  { type: 'subscribe', channel: `agents/a${'-'.repeat(63)}`, since: { epoch: 'e', offset: 0 } },
  { type: 'unsubscribe', channel: 'agents/7f3c.9_x' },
  { type: 'ping', id: 7 },
  { type: 'ping', id: 'x'.repeat(64) },
])('accepts %j', (frame) => {
  expect(parse(frame)).toEqual(frame);
});

test('ignores fields it does not know, as a newer client may send them', () => {
  expect(parse({ type: 'ping', id: 1, at: 2 })).toEqual({ type: 'ping', id: 1 });
});

test.each([
  ['unknown-type', {}],
  ['unknown-type', null],
  ['unknown-type', []],
  ['unknown-type', 'ping'],
  ['unknown-type', { type: 'toString' }],
  ['unknown-type', { type: ['ping'] }],
  ['bad-frame', { type: 'authenticate' }],
  ['bad-frame', { type: 'authenticate', token: '' }],
  ['bad-frame', { type: 'authenticate', token: 'x'.repeat(8_193) }],
  ['bad-frame', { type: 'ping' }],
  ['bad-frame', { type: 'ping', id: 1.5 }],
  ['bad-frame', { type: 'ping', id: 'x'.repeat(65) }],
  ['bad-frame', { type: 'subscribe', channel: 'evaluations', since: { epoch: 'e', offset: -1 } }],
  ['bad-frame', { type: 'subscribe', channel: 'evaluations', since: { epoch: 'e', offset: 2 ** 53 } }],
  ['bad-frame', { type: 'subscribe', channel: 'evaluations', since: { offset: 1 } }],
  ['unknown-channel', { type: 'subscribe' }],
  ['unknown-channel', { type: 'subscribe', channel: 'evaluations/1' }],
  ['unknown-channel', { type: 'subscribe', channel: 'agents/' }],
  ['unknown-channel', { type: 'subscribe', channel: 'agents/../x' }],
  ['unknown-channel', { type: 'subscribe', channel: 'agents/a}{b' }],
  ['unknown-channel', { type: 'subscribe', channel: 'agents/a\n' }],
  ['unknown-channel', { type: 'subscribe', channel: `agents/${'a'.repeat(65)}` }],
  ['unknown-channel', { type: 'unsubscribe', channel: 3 }],
])('answers with %s to %j', (code, frame) => {
  expect(parse(frame)).toMatchObject({ type: 'error', code, message: expect.stringMatching(/./) });
});

test('answers with bad-json to what is not JSON', () => {
  expect(parseClientFrame('{"type":')).toMatchObject({ type: 'error', code: 'bad-json' });
});

test('an event is sent with its payload word for word', () => {
  const text = eventText({ channel: 'agents/1', epoch: 'e', offset: 3, payload: '{"a":  1.0}' });
  expect(text).toBe('{"type":"event","channel":"agents/1","offset":3,"payload":{"a":  1.0}}');
});
