/** The page as dashboard-api serves it, or says that it cannot; without servers, as in server.test.ts. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { releases } from '../../releases.ts';
import { createLogger } from '../logger.ts';
import { createPostgresPool } from '../postgres.ts';
import { connectRedis } from '../redis.ts';
import { buildDashboardApi, type DashboardApi } from './server.ts';

const jwtSecret = 'a secret of more than 32 characters';
const logLines: string[] = [];
const logger = createLogger('test', 'v1.0.1', 'info', { write: (line) => void logLines.push(line) });
const postgres = createPostgresPool('postgres://tars:hunter2@127.0.0.1:1/tars', 1, logger);
const redis = connectRedis('redis://127.0.0.1:1', 'test', 500, logger);
let folder: string;
let api: DashboardApi;

function build(pageFolder: string | undefined): Promise<DashboardApi> {
  return buildDashboardApi({
    release: releases['v1.0.1'],
    postgres,
    redis,
    jwtSecret,
    pageFolder,
    logger,
    metrics: new Registry(),
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'page-test-'));
  mkdirSync(join(folder, 'dist/assets'), { recursive: true });
  writeFileSync(join(folder, 'dist/index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(folder, 'dist/assets/index-abc123.js'), 'export {};');
  writeFileSync(join(folder, 'outside.txt'), 'not the page');
  api = await build(join(folder, 'dist'));
});

afterAll(async () => {
  await api.server.close();
  await postgres.end();
  redis.disconnect();
  rmSync(folder, { recursive: true });
});

describe('with a build', () => {
  test('/ is the page, asked for again each time, and may run nothing but its own files', async () => {
    const response = await api.server.inject('/');
    expect(response.statusCode).toBe(200);
    expect(response.body).toContain('<title>page</title>');
    expect(response.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    const policy = String(response.headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]),
    );
    expect(policy.join()).not.toContain('unsafe');
    const again = await api.server.inject({ url: '/', headers: { 'if-none-match': String(response.headers.etag) } });
    expect(again.statusCode).toBe(304);
  });

  test('an asset, whose name holds its hash, is kept for good', async () => {
    const response = await api.server.inject('/assets/index-abc123.js');
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toMatch(/^(text|application)\/javascript/);
    expect(response.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  test.each([
    '/assets/',
    '/assets/other.js',
    '/somewhere',
    '/..%2foutside.txt',
    '/%2e%2e/outside.txt',
    '/assets/..%2f..%2foutside.txt',
  ])('%s is no page and no file', async (url) => {
    const response = await api.server.inject(url);
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ code: 'not-found' });
  });

  test('the paths of the API stay its own', async () => {
    expect((await api.server.inject('/api/v1/agents')).statusCode).toBe(401);
    expect((await api.server.inject('/health/live')).json()).toEqual({ status: 'live' });
    expect((await api.server.inject('/health/live')).headers['cache-control']).toBe('no-store');
    expect((await api.server.inject('/openapi.json')).json().paths).not.toHaveProperty('/');
  });

  test('the page knows GET and HEAD', async () => {
    expect((await api.server.inject({ method: 'HEAD', url: '/' })).statusCode).toBe(200);
    const response = await api.server.inject({ method: 'POST', url: '/' });
    expect(response.statusCode).toBe(405);
    expect(response.headers.allow).toBe('GET, HEAD');
  });
});

test.each([
  ['TARS_PAGE_FOLDER is not set', undefined],
  ['TARS_PAGE_FOLDER holds no index.html', '/nowhere'],
])('without a build (%s) the API serves, and log and page say what to do', async (says, pageFolder) => {
  logLines.length = 0;
  const bare = await build(pageFolder);
  expect(logLines.join()).toContain(`the page is not built: ${says}; build it with`);
  const page = await bare.server.inject('/');
  expect(page.statusCode).toBe(404);
  expect(page.json().detail).toContain('npm run build:page');
  expect((await bare.server.inject('/health/live')).statusCode).toBe(200);
  await bare.server.close();
});
