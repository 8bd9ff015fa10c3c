export {
  channelOf,
  operatorEventNames,
  operatorVerbNames,
  promptEventNames,
  promptVerbNames,
  type WindowKind,
} from './names.ts';
