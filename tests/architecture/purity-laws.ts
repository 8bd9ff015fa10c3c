import { Visitor } from 'oxc-parser';
import { isCode, isTest, programOf, topOf, violation, type Law, type Violation } from './source.ts';

const pure = ['core', 'contracts', 'eds', 'locales'];
const ambient = new Set([
  'Date.now',
  'Math.random',
  'performance.now',
  'crypto.randomUUID',
  'crypto.getRandomValues',
  'process.env',
]);

/** Time, chance and surroundings are passed into the rules: one seed must replay a day. */
export const pureRules: Law = (file) => {
  if (!isCode(file) || isTest(file.path) || !pure.includes(topOf(file.path))) return [];
  const found: Violation[] = [];
  new Visitor({
    MemberExpression: (node) => {
      if (node.object.type !== 'Identifier' || node.property.type !== 'Identifier') return;
      const name = `${node.object.name}.${node.property.name}`;
      if (ambient.has(name)) found.push(violation(file, node.start, `${name} in a layer of pure rules`));
    },
    NewExpression: (node) => {
      const isClock = node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0;
      if (isClock) found.push(violation(file, node.start, 'the clock in a layer of pure rules'));
    },
  }).visit(programOf(file));
  return found;
};
