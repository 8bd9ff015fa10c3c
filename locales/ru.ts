import type { Catalogue } from './en.ts';
import actTypes from './act-types/ru.json' with { type: 'json' };
import checks from './checks/ru.json' with { type: 'json' };
import cli from './cli/ru.json' with { type: 'json' };
import eds from './eds/ru.json' with { type: 'json' };
import explain from './explain/ru.json' with { type: 'json' };
import logVerifier from './log-verifier/ru.json' with { type: 'json' };
import prompt from './prompt/ru.json' with { type: 'json' };
import reasons from './reasons/ru.json' with { type: 'json' };
import receiptPage from './receipt-page/ru.json' with { type: 'json' };
import refusalsAccess from './refusals-access/ru.json' with { type: 'json' };
import refusalsActs from './refusals-acts/ru.json' with { type: 'json' };
import refusalsArchive from './refusals-archive/ru.json' with { type: 'json' };
import refusalsAuthorities from './refusals-authorities/ru.json' with { type: 'json' };
import refusalsCard from './refusals-card/ru.json' with { type: 'json' };
import refusalsDesk from './refusals-desk/ru.json' with { type: 'json' };
import refusalsEds from './refusals-eds/ru.json' with { type: 'json' };
import refusalsEvidence from './refusals-evidence/ru.json' with { type: 'json' };
import refusalsGeneral from './refusals-general/ru.json' with { type: 'json' };
import refusalsHost from './refusals-host/ru.json' with { type: 'json' };
import refusalsJournal from './refusals-journal/ru.json' with { type: 'json' };
import refusalsLog from './refusals-log/ru.json' with { type: 'json' };
import refusalsMirror from './refusals-mirror/ru.json' with { type: 'json' };
import refusalsServer from './refusals-server/ru.json' with { type: 'json' };
import refusalsSignIn from './refusals-sign-in/ru.json' with { type: 'json' };
import refusalsVault from './refusals-vault/ru.json' with { type: 'json' };
import refusalsWorkstation from './refusals-workstation/ru.json' with { type: 'json' };
import screens from './screens/ru.json' with { type: 'json' };
import screensAccess from './screens-access/ru.json' with { type: 'json' };

/** All words in Russian, by namespace; `screens` and `refusals` are made of every folder of that name. */
export const ru: Catalogue = {
  'act-types': actTypes,
  checks,
  cli,
  eds,
  explain,
  'log-verifier': logVerifier,
  prompt,
  reasons,
  'receipt-page': receiptPage,
  screens: { ...screens, ...screensAccess },
  refusals: {
    ...refusalsAccess,
    ...refusalsActs,
    ...refusalsArchive,
    ...refusalsAuthorities,
    ...refusalsCard,
    ...refusalsDesk,
    ...refusalsEds,
    ...refusalsEvidence,
    ...refusalsGeneral,
    ...refusalsHost,
    ...refusalsJournal,
    ...refusalsLog,
    ...refusalsMirror,
    ...refusalsServer,
    ...refusalsSignIn,
    ...refusalsVault,
    ...refusalsWorkstation,
  },
};
