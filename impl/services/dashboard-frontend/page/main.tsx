/** Where the page begins. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './page.css';

const root = document.getElementById('root');
if (root === null) throw new Error('expected an element "root" in index.html, there is none');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
