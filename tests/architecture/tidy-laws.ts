import { Visitor, type Span } from 'oxc-parser';
import { isCode, isTest, programOf, violation, type Law, type SourceFile, type Violation } from './source.ts';

const fileLimit = { source: 300, test: 400 } as const;
const functionLimit = 60;

/** Where a limit is still broken, how far: these numbers may only fall. */
export type Exceptions = {
  readonly fileLines: Readonly<Record<string, number>>;
  readonly functionLines: Readonly<Record<string, number>>;
};

const linesOf = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
const isGolden = (path: string): boolean => path.startsWith('tests/golden/') && !path.endsWith('.ts');

/** A file fits in a head. */
export function fileSize(exceptions: Exceptions): Law {
  return (file) => {
    const isMeasured = isCode(file) || file.path.endsWith('.css');
    if (!isMeasured || isGolden(file.path)) return [];
    const limit = exceptions.fileLines[file.path] ?? (isTest(file.path) ? fileLimit.test : fileLimit.source);
    const lines = linesOf(file.text);
    return lines > limit ? [violation(file, 0, `${lines} lines, ${limit} allowed`)] : [];
  };
}

const headed = new Set(['describe', 'suite', 'it', 'test']);

/** Starts of the functions of a test file that hold whole tests: the callback of `describe`, or a contract to be run twice. */
function headingsOf(file: SourceFile): ReadonlySet<number> {
  const open: number[] = [];
  const starts = new Set<number>();
  if (!isTest(file.path)) return starts;
  const enter = ({ start }: Span): void => void open.push(start);
  const leave = (): void => void open.pop();
  new Visitor({
    ...{ FunctionDeclaration: enter, FunctionExpression: enter, ArrowFunctionExpression: enter },
    ...{ 'FunctionDeclaration:exit': leave, 'FunctionExpression:exit': leave, 'ArrowFunctionExpression:exit': leave },
    CallExpression: ({ callee }) => {
      const base = callee.type === 'CallExpression' ? callee.callee : callee;
      const name = base.type === 'MemberExpression' ? base.object : base;
      if (name.type === 'Identifier' && headed.has(name.name)) for (const start of open) starts.add(start);
    },
  }).visit(programOf(file));
  return starts;
}

/** A function fits on a screen. What only holds tests is a heading, not a function. */
export function functionSize(exceptions: Exceptions): Law {
  return (file) => {
    if (!isCode(file)) return [];
    const headings = headingsOf(file);
    const limit = exceptions.functionLines[file.path] ?? functionLimit;
    const found: Violation[] = [];
    const measure = (node: Span): void => {
      const lines = linesOf(file.text.slice(node.start, node.end));
      if (lines > limit && !headings.has(node.start))
        found.push(violation(file, node.start, `a function of ${lines} lines, ${limit} allowed`));
    };
    new Visitor({ FunctionDeclaration: measure, FunctionExpression: measure, ArrowFunctionExpression: measure }).visit(
      programOf(file),
    );
    return found;
  };
}

function matching(pattern: RegExp, what: string, applies: (path: string) => boolean): Law {
  return (file) =>
    applies(file.path)
      ? [...file.text.matchAll(pattern)].map((match) => violation(file, match.index, `${what}: ${match[0].trim()}`))
      : [];
}

const isOurselves = (path: string): boolean => path.startsWith('tests/architecture/');

/** What is left to do is an issue, not a comment. */
export const noLeftovers: Law = matching(/\b(?:TODO|FIXME|XXX|HACK)\b/gu, 'a leftover', (path) => !isOurselves(path));

const unitless =
  /^(?:timeout|delay|interval|deadline|ttl|duration|elapsed|latency)$|(?:Timeout|Delay|Interval|Deadline|Ttl|Duration|Elapsed|Latency)$/u;

/** A quantity of time says its unit: `timeoutMs`. Options of libraries keep their own names. */
export const unitsInNames: Law = (file) => {
  if (!isCode(file) || isTest(file.path)) return [];
  const found: Violation[] = [];
  const judge = (name: string, node: Span, annotation: unknown): void => {
    if (unitless.test(name) && isNumber(annotation)) found.push(violation(file, node.start, `${name} without a unit`));
  };
  new Visitor({
    TSPropertySignature: ({ key, typeAnnotation }) => {
      if (key.type === 'Identifier') judge(key.name, key, typeAnnotation?.typeAnnotation);
    },
    VariableDeclarator: ({ id, init }) => {
      if (id.type === 'Identifier') judge(id.name, id, id.typeAnnotation?.typeAnnotation ?? init);
    },
    FunctionDeclaration: ({ params }) => {
      for (const param of params)
        if (param.type === 'Identifier') judge(param.name, param, param.typeAnnotation?.typeAnnotation);
    },
  }).visit(programOf(file));
  return found;
};

function isNumber(node: unknown): boolean {
  if (typeof node !== 'object' || node === null || !('type' in node)) return false;
  return (
    node.type === 'TSNumberKeyword' || (node.type === 'Literal' && 'value' in node && typeof node.value === 'number')
  );
}
