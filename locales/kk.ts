import type { Catalogue } from './en.ts';
import actTypes from './act-types/kk.json' with { type: 'json' };
import checks from './checks/kk.json' with { type: 'json' };
import cli from './cli/kk.json' with { type: 'json' };
import eds from './eds/kk.json' with { type: 'json' };
import explain from './explain/kk.json' with { type: 'json' };
import logVerifier from './log-verifier/kk.json' with { type: 'json' };
import prompt from './prompt/kk.json' with { type: 'json' };
import reasons from './reasons/kk.json' with { type: 'json' };
import receiptPage from './receipt-page/kk.json' with { type: 'json' };
import refusalsAccess from './refusals-access/kk.json' with { type: 'json' };
import refusalsActs from './refusals-acts/kk.json' with { type: 'json' };
import refusalsArchive from './refusals-archive/kk.json' with { type: 'json' };
import refusalsAuthorities from './refusals-authorities/kk.json' with { type: 'json' };
import refusalsCard from './refusals-card/kk.json' with { type: 'json' };
import refusalsDesk from './refusals-desk/kk.json' with { type: 'json' };
import refusalsEds from './refusals-eds/kk.json' with { type: 'json' };
import refusalsEvidence from './refusals-evidence/kk.json' with { type: 'json' };
import refusalsGeneral from './refusals-general/kk.json' with { type: 'json' };
import refusalsHost from './refusals-host/kk.json' with { type: 'json' };
import refusalsJournal from './refusals-journal/kk.json' with { type: 'json' };
import refusalsLog from './refusals-log/kk.json' with { type: 'json' };
import refusalsMirror from './refusals-mirror/kk.json' with { type: 'json' };
import refusalsServer from './refusals-server/kk.json' with { type: 'json' };
import refusalsSignIn from './refusals-sign-in/kk.json' with { type: 'json' };
import refusalsVault from './refusals-vault/kk.json' with { type: 'json' };
import refusalsWorkstation from './refusals-workstation/kk.json' with { type: 'json' };
import screens from './screens/kk.json' with { type: 'json' };
import screensAccess from './screens-access/kk.json' with { type: 'json' };

/** All words in Kazakh, by namespace; `screens` and `refusals` are made of every folder of that name. */
export const kk: Catalogue = {
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
