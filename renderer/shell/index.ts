export { OperatorWindow } from './operator-window.tsx';
