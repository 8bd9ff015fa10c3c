/** What a host and the libraries that it loads legitimately need: where programs and the user's settings lie, and the language of messages. */
const inheritedNames = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'XDG_RUNTIME_DIR',
  'PCSCLITE_CSOCK_NAME',
] as const;

/**
 * The environment of a host: a short list of names, nothing else. `NODE_OPTIONS` or `LD_PRELOAD` would run foreign code
 * beside the keys, `ELECTRON_RUN_AS_NODE` would change what is started, and secrets of a shell have no business there.
 */
export function hostEnvironment(own: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of inheritedNames) {
    const value = own[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}
