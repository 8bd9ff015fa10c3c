const address = /^(\[[0-9a-fA-F:]+\]|[0-9a-zA-Z.-]+):([0-9]{1,5})$/u;

/** Reads `host:port`; an IPv6 address stands in brackets. */
export function listenOf(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, host, port] = address.exec(text) ?? [];
  return host === undefined || Number(port) > 65_535
    ? undefined
    : { host: host.replaceAll(/[[\]]/gu, ''), port: Number(port) };
}

/** A key name of C2SP signed-note, in ASCII as ML-DSA-44 cosignatures want it. */
export function keyNameOf(text: string): string | undefined {
  return /^[\u0021-\u002a\u002c-\u007e]{1,200}$/u.test(text) ? text : undefined;
}
