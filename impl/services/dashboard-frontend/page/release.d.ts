/** The page knows the parts in which releases differ by their interface alone; its build puts one release's in. */
declare module 'release:websocket' {
  export const useWebSocket: import('../../../page-parts.ts').WebSocketPageParts['useWebSocket'];
  export const ConnectionStatus: import('../../../page-parts.ts').WebSocketPageParts['ConnectionStatus'];
}

declare module '*.css';
