import actTypes from './act-types/en.json' with { type: 'json' };
import checks from './checks/en.json' with { type: 'json' };
import cli from './cli/en.json' with { type: 'json' };
import eds from './eds/en.json' with { type: 'json' };
import explain from './explain/en.json' with { type: 'json' };
import logVerifier from './log-verifier/en.json' with { type: 'json' };
import prompt from './prompt/en.json' with { type: 'json' };
import reasons from './reasons/en.json' with { type: 'json' };
import receiptPage from './receipt-page/en.json' with { type: 'json' };
import refusalsAccess from './refusals-access/en.json' with { type: 'json' };
import refusalsActs from './refusals-acts/en.json' with { type: 'json' };
import refusalsArchive from './refusals-archive/en.json' with { type: 'json' };
import refusalsAuthorities from './refusals-authorities/en.json' with { type: 'json' };
import refusalsCard from './refusals-card/en.json' with { type: 'json' };
import refusalsDesk from './refusals-desk/en.json' with { type: 'json' };
import refusalsEds from './refusals-eds/en.json' with { type: 'json' };
import refusalsEvidence from './refusals-evidence/en.json' with { type: 'json' };
import refusalsGeneral from './refusals-general/en.json' with { type: 'json' };
import refusalsHost from './refusals-host/en.json' with { type: 'json' };
import refusalsJournal from './refusals-journal/en.json' with { type: 'json' };
import refusalsLog from './refusals-log/en.json' with { type: 'json' };
import refusalsMirror from './refusals-mirror/en.json' with { type: 'json' };
import refusalsServer from './refusals-server/en.json' with { type: 'json' };
import refusalsSignIn from './refusals-sign-in/en.json' with { type: 'json' };
import refusalsVault from './refusals-vault/en.json' with { type: 'json' };
import refusalsWorkstation from './refusals-workstation/en.json' with { type: 'json' };
import screens from './screens/en.json' with { type: 'json' };
import screensAccess from './screens-access/en.json' with { type: 'json' };

/** All words in English, by namespace; `screens` and `refusals` are made of every folder of that name. */
export const en = {
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

/** The ids that every language has; English gives the list. */
export type Catalogue = { readonly [N in keyof typeof en]: { readonly [Id in keyof (typeof en)[N]]: string } };
