// Puts the page into the document.

import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import './preview.css';

const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
