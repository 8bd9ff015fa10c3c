import document from './authorities-v1.json' with { type: 'json' };
import { parseAuthorityRegistry, type AuthorityRegistry } from './authority-registry.ts';

const parsed = parseAuthorityRegistry(document);
if (!parsed.ok) throw new Error('eds: the built-in registry of authorities is malformed');

/**
 * Version 1: the state root authorities of 2015, 2020 and 2022, the national authority of 2018 and 2022, the authority of state bodies and that of BTS Digital.
 * It names certificates by hash and holds none; nobody is trusted by standing in it until an operator imports the certificate itself.
 */
export const defaultAuthorityRegistry: AuthorityRegistry = parsed.value;
