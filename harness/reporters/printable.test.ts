import { expect, it } from 'vitest';
import { clip, cut, manyLines, oneLine } from './printable.ts';

it('leaves nothing that acts on a terminal', () => {
  expect(oneLine('a\u001b[31mred\u001b[0m\u001b]0;title\u0007\r\nb\u009bc\u202ed\u2028e')).toBe('ared bd e');
});

it('keeps line breaks and tabs, and what is no control character', () => {
  expect(manyLines('a\tb\r\nc \ud83d\ude80 é\u0000\u000b\ufffe')).toBe('a\tb\r\nc 🚀 é');
  expect(manyLines('lone \ud800.')).toBe('lone \ufffd.');
  expect(manyLines('a\u001b[31mred\u001b[0m\n\u202eb')).toBe('ared\nb');
});

it('cuts what is longer than allowed and says by how much', () => {
  expect(cut('12345', 5)).toBe('12345');
  expect(cut('123456', 5)).toBe('12345… (1 more characters in run.json)');
});

it('clips to columns, a code point each', () => {
  expect(clip('🚀🚀🚀', 3)).toBe('🚀🚀🚀');
  expect(clip('🚀🚀🚀🚀', 3)).toBe('🚀🚀…');
});
