import { createRoot } from 'react-dom/client';
import type { PromptBridge } from '../../contracts/ipc/index.ts';
import { PromptWindow } from '../prompt/index.ts';

// Put there by the preload before any script of the page runs.
const { qorganPrompt } = window as unknown as { readonly qorganPrompt: PromptBridge };
const root = document.querySelector('#root');
if (root === null) throw new Error('boot: the page has no root');
createRoot(root).render(<PromptWindow bridge={qorganPrompt} />);
