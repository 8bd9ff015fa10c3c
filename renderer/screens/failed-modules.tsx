import type { ReactNode } from 'react';
import type { StatusView } from '../../contracts/ipc/index.ts';
import { useCommand } from '../bridge/index.ts';
import { RefusalBox } from '../kit/index.ts';
import { useWords } from '../words/index.ts';

function FailedModule({ module }: { readonly module: StatusView['failedModules'][number] }): ReactNode {
  const words = useWords();
  const retry = useCommand('modules.retry');
  const again = (): void => {
    if (!retry.isRunning) void retry.run({ id: module.id });
  };
  return (
    <RefusalBox refusal={module} onAgain={again}>
      <p className="small">
        {words('connection.module')}: <code className="mono">{module.id}</code>
      </p>
      {retry.refusal === null ? null : <p>{words.refusal(retry.refusal).what}</p>}
    </RefusalBox>
  );
}

/** Card drivers that cannot be used, each with its name, the reason and the way on; the cards of the others work meanwhile. */
export function FailedModules({ modules }: { readonly modules: StatusView['failedModules'] }): ReactNode {
  return modules.map((module) => <FailedModule key={module.id} module={module} />);
}
