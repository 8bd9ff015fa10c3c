import type { ReactNode } from 'react';
import type { AppView } from '../../../contracts/ipc/index.ts';
import { groupsOf } from '../../../core/signing/index.ts';
import { IconShieldCheck, State } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';
import { LanguageSwitch } from '../language-switch.tsx';

/** The window before a shift is open: whose platform this is (57-26.1), the language, and one matter in the middle. */
export function Gate({ app, children }: { readonly app: AppView; readonly children: ReactNode }): ReactNode {
  const words = useWords();
  const fingerprint = app.device?.fingerprint ?? null;
  return (
    <div className={app.profile === 'demo' ? 'gate frame-demo' : 'gate'}>
      <header className="gate-bar">
        <div className="brand">
          <IconShieldCheck size={20} className="tone-active" aria-hidden />
          <span className="cut">{app.operatorName ?? words('about.what')}</span>
          {app.profile === 'demo' ? (
            <State tone="alarm" isSoft>
              {words('frame.demoLong')}
            </State>
          ) : null}
        </div>
        <LanguageSwitch locale={app.preferences.locale} />
      </header>
      <main className="gate-main">{children}</main>
      <footer className="gate-foot quiet small num">
        <span>
          {[...(app.device === null ? [] : [app.device.name]), `${words('connection.version')} ${app.version}`].join(
            ` ${words('unit.separator')} `,
          )}
        </span>
        {fingerprint === null ? null : (
          <span>
            {words('device.fingerprint')}: <code className="mono selectable">{groupsOf(fingerprint)}</code>
          </span>
        )}
      </footer>
    </div>
  );
}
