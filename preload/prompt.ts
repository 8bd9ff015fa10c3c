import { promptEventNames, promptVerbNames } from '../contracts/bridge/index.ts';
import { expose } from './expose.ts';

expose({ kind: 'prompt', as: 'qorganPrompt', verbs: promptVerbNames, events: promptEventNames });
