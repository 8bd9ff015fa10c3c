/** The part of better-sqlite3-multiple-ciphers that the vault uses; the package's own declarations are out of the reach of its `exports`. */
declare module 'better-sqlite3-multiple-ciphers' {
  namespace Database {
    type Value = string | number | bigint | null | Uint8Array;

    interface Statement {
      run(...values: Value[]): unknown;
      get(...values: Value[]): unknown;
      all(...values: Value[]): unknown[];
      iterate(...values: Value[]): IterableIterator<unknown>;
    }

    interface Database {
      prepare(sql: string): Statement;
      exec(sql: string): this;
      pragma(source: string, options?: { readonly simple?: boolean }): unknown;
      key(key: Buffer): number;
      rekey(key: Buffer): number;
      readonly inTransaction: boolean;
      close(): this;
    }
  }

  class SqliteError extends Error {
    readonly code: string;
  }

  const Database: {
    new (
      file: string,
      options?: { readonly fileMustExist?: boolean; readonly timeout?: number; readonly readonly?: boolean },
    ): Database.Database;
    readonly SqliteError: typeof SqliteError;
  };

  export default Database;
}
