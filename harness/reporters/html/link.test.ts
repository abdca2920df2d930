import { expect, it } from 'vitest';
import { relativeHref } from './link.ts';

it.each([
  ['logs/eval-engine.log', 'logs/eval-engine.log'],
  ['logs/a b#c?d.log', 'logs/a%20b%23c%3Fd.log'],
  ['logs/12:04:31.log', 'logs/12%3A04%3A31.log'],
  ['logs/..hidden', 'logs/..hidden'],
])('%j lies within the folder', (path, href) => {
  expect(relativeHref(path)).toBe(href);
});

it.each([
  '',
  '/etc/passwd',
  '//example.com/x',
  '\\\\example.com\\x',
  '../secret',
  'logs/../../secret',
  'logs//x',
  './x',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\tscript:alert(1)',
  'data:text/html,x',
  'file:/etc/passwd',
  'logs/\ud800',
])('%j is no link', (path) => {
  expect(relativeHref(path)).toBeUndefined();
});
