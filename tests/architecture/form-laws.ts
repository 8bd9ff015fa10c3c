import { Visitor, type Span } from 'oxc-parser';
import { isCode, isConfiguration, isTest, programOf, topOf, violation, type Law, type Violation } from './source.ts';

type Visits = ConstructorParameters<typeof Visitor>[0];

function visiting(
  visits: (add: (node: Span, what: string) => void, path: string) => Visits,
  applies: (path: string) => boolean,
): Law {
  return (file) => {
    if (!isCode(file) || !applies(file.path)) return [];
    const found: Violation[] = [];
    new Visitor(visits((node, what) => found.push(violation(file, node.start, what)), file.path)).visit(
      programOf(file),
    );
    return found;
  };
}

/** Named exports only, and each by its name. */
export const namedExports: Law = visiting(
  (add) => ({
    ExportDefaultDeclaration: (node) => add(node, 'a default export'),
    ExportAllDeclaration: (node) => add(node, '`export *`'),
  }),
  (path) => !isConfiguration(path),
);

/** Only TypeScript that can be erased, and no `any`. */
export const erasable: Law = visiting(
  (add) => ({
    TSEnumDeclaration: (node) => add(node, 'an enum'),
    TSModuleDeclaration: (node) => add(node, 'a namespace'),
    TSParameterProperty: (node) => add(node, 'a parameter property'),
    Decorator: (node) => add(node, 'a decorator'),
    TSAnyKeyword: (node) => add(node, '`any`'),
    TSExportAssignment: (node) => add(node, '`export =`'),
  }),
  () => true,
);

const cyrillic = /\p{Script=Cyrillic}/u;

// What is printed on the keys of every keyboard here, whatever the language.
const keyNames = /^\s*(?:Ctrl|Alt|Shift|Enter|Esc|Tab)(?:[ +]\S{1,5})*\s*$/u;

/** No words of Kazakh or Russian outside `locales`; development tools and tests make up their own people. */
export const noForeignWords: Law = visiting(
  (add) => ({
    Literal: (node) => {
      if (typeof node.value === 'string' && cyrillic.test(node.value)) add(node, 'words outside locales');
    },
    TemplateElement: (node) => {
      if (cyrillic.test(node.value.raw)) add(node, 'words outside locales');
    },
    JSXText: (node) => {
      if (/\p{L}{2,}/u.test(node.value) && !keyNames.test(node.value)) add(node, 'words outside locales');
    },
  }),
  (path) => !isTest(path) && !['locales', 'dev'].includes(topOf(path)),
);

const spokenAttributes = new Set(['aria-label', 'title', 'placeholder', 'label', 'alt', 'description', 'error']);

/** What a page shows or says aloud comes from `locales`, also in attributes. */
export const noWordsInAttributes: Law = visiting(
  (add) => ({
    JSXAttribute: ({ name, value }) => {
      const spoken = name.type === 'JSXIdentifier' && spokenAttributes.has(name.name);
      if (!spoken || value?.type !== 'Literal' || typeof value.value !== 'string') return;
      if (/\p{L}{2,}/u.test(value.value)) add(value, `words outside locales in ${name.name}`);
    },
  }),
  (path) => topOf(path) === 'renderer' && !isTest(path),
);

/** The console belongs to the developer; the product logs through its logger and answers through its doors. */
export const noConsole: Law = visiting(
  (add) => ({
    MemberExpression: (node) => {
      if (node.object.type === 'Identifier' && node.object.name === 'console') add(node, 'the console');
    },
  }),
  (path) => !isTest(path) && topOf(path) !== 'dev',
);
