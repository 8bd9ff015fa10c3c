export type VitestReport = {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
};

export function countsOf(
  report: VitestReport,
  exitCode: number,
): { readonly passed: number; readonly failed: readonly string[]; readonly skipped: readonly string[] };
