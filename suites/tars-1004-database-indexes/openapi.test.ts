import { expect, test } from 'vitest';
import { type Schema, wrongWithAnswer } from './openapi.ts';

const described: Schema = {
  type: 'object',
  properties: {
    rows: {
      type: 'array',
      items: {
        type: 'object',
        properties: { id: { type: 'string', format: 'uuid' }, reward: { type: ['number', 'null'] } },
      },
    },
  },
};
/** Of no version that RFC 9562 knows. */
const id = '00000000-0000-0000-0000-00000000000a';

const responses = new Map<number, Schema | undefined>([
  [200, described],
  [204, undefined],
]);

function wrong(body: unknown, { status = 200, type = 'application/json; charset=utf-8' } = {}) {
  const text = body === undefined ? '' : JSON.stringify(body);
  return wrongWithAnswer({ responses }, { status, headers: new Headers({ 'content-type': type }), text });
}

test('an answer that is as described has nothing wrong with it', () => {
  expect(wrong({ rows: [] })).toBeUndefined();
  expect(wrong({ rows: [{ id, reward: null }] })).toBeUndefined();
  expect(wrong(undefined, { status: 204 })).toBeUndefined();
});

test.each([
  ['a field that is missing', { rows: [{ id }] }],
  ['a field that is not described', { rows: [{ id, reward: 1, more: 1 }] }],
  ['a field of another type', { rows: [{ id, reward: '1' }] }],
  ['a field of another form', { rows: [{ id: 'a', reward: 1 }] }],
])('%s is told, also inside of a list', (_what, body) => {
  expect(wrong(body)).toMatch(/rows\[0\]/);
});

test('a status, a body and a media type that are not described are told', () => {
  expect(wrong({ rows: [] }, { status: 500 })).toContain('status 500');
  expect(wrong({ rows: [] }, { status: 204 })).toContain('a body');
  expect(wrong({ rows: [] }, { type: 'text/html' })).toContain('text/html');
});
