import { createRoot } from 'react-dom/client';
import type { OperatorBridge } from '../../contracts/ipc/index.ts';
import { OperatorWindow } from '../shell/index.ts';

// Put there by the preload before any script of the page runs.
const { qorgan } = window as unknown as { readonly qorgan: OperatorBridge };
const root = document.querySelector('#root');
if (root === null) throw new Error('boot: the page has no root');
createRoot(root).render(<OperatorWindow bridge={qorgan} clock={() => Date.now()} />);
