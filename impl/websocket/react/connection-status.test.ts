import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { ConnectionStatus as BaselineConnectionStatus } from '../../baseline/websocket/react/index.ts';
import { ConnectionStatus } from './connection-status.tsx';

test.for([
  ['disconnected', false, 'connecting', 'Connecting…'],
  ['connecting', false, 'connecting', 'Connecting…'],
  ['connected', false, 'live', 'Live'],
  ['reconnecting', false, 'reconnecting', 'Reconnecting… what is shown may be old'],
  ['closed', false, 'closed', 'Closed: log in again to see updates'],
  ['connected', true, 'reloading', 'Updates were missed: loading the list again…'],
  ['reconnecting', true, 'reconnecting', 'Reconnecting… what is shown may be old'],
] as const)('%s, reloading %s, is told as %s', ([state, isReloading, shown, words]) => {
  expect(renderToStaticMarkup(createElement(ConnectionStatus, { state, isReloading }))).toBe(
    `<p role="status" class="connection-status" data-state="${shown}">${words}</p>`,
  );
});

test('v1.0.0 shows nothing of the connection', () => {
  expect(renderToStaticMarkup(createElement(BaselineConnectionStatus, { state: 'reconnecting' }))).toBe('');
});
