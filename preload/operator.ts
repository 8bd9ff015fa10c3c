import { operatorEventNames, operatorVerbNames } from '../contracts/bridge/index.ts';
import { expose } from './expose.ts';

expose({ kind: 'operator', as: 'qorgan', verbs: operatorVerbNames, events: operatorEventNames });
