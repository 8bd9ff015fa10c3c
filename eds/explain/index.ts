export { explain, explanationLinesMax, type ExplainedForm, type Explanation, type ExplainLine } from './explain.ts';
export type { FieldName } from './fields.ts';
export { neutralised } from './text.ts';
