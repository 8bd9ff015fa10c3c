import { checkPlace, type CheckPlaceOptions, type Finding } from '../../server/boot/index.ts';
import { testForm } from '../server/support/forms.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { addStaff, must, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, newCase, type CaseView, type Workstation } from '../server/support/workstation.ts';
import type { ActItem } from '../../contracts/http/index.ts';

const payloads = {
  claim: {},
  release: {},
  return: { reasons: ['document-unreadable'], note: '' },
  approve: { note: '' },
  refuse: { reasons: ['document-unreadable'], note: '' },
} as const;
type Verb = 'submit' | keyof typeof payloads;

/** Sends acts of a case, each on the last; answers the outcomes. */
export async function actAll(
  workstation: Workstation,
  steps: readonly { readonly person: TestPerson; readonly view: CaseView; readonly verb: Verb }[],
): Promise<readonly string[]> {
  const items = steps.map(({ person, view, verb }): ActItem => {
    const payload = verb === 'submit' ? { form: view.form } : payloads[verb];
    const item = workstation.act(person, view, `registration.${verb}`, payload as never);
    workstation.accepted(view, item);
    return item;
  });
  return workstation.outcomes(items);
}

/** Lives of cases, from the first submission on. */
const lives = [
  ['submit'],
  ['submit', 'claim', 'approve'],
  ['submit', 'claim', 'return', 'submit', 'claim', 'refuse'],
  ['submit', 'claim', 'release'],
] as const;

/** A platform with a history: cases of every state, a refused and a superseded act, people who come and go, sessions. */
export async function furnish(
  platform: TestPlatform,
  options: { readonly cases: number; readonly people: number },
): Promise<void> {
  const { server, registrar, reviewer, other } = platform;
  const workstation = await enrolled(server);
  const views: CaseView[] = [];
  for (let i = 0; i < options.cases; i += 1) {
    const view = newCase(testForm(500 + (i % 40)));
    views.push(view);
    const life = lives[i % lives.length] ?? lives[0];
    const steps = life.map((verb) => ({ person: verb === 'submit' ? registrar : reviewer, view, verb }));
    const outcomes = await actAll(workstation, steps);
    if (outcomes.some((outcome) => outcome !== 'accepted')) throw new Error(outcomes.join(' '));
  }
  const [first] = views;
  if (first === undefined) return;
  // A superseded act, and one by somebody without the role.
  await actAll(workstation, [{ person: other, view: { ...first, revision: 0 }, verb: 'claim' }]);
  await actAll(workstation, [{ person: registrar, view: { ...first }, verb: 'claim' }]);
  await workstation.signIn(registrar);
  await workstation.signIn(reviewer);
  await workstation.client.call({ method: 'POST', path: '/v1/sign-in/challenges' });
  await server.administration.enrolCode();
  const person = issuePerson({ ca: platform.ca, n: 70, name: 'Келген Қызметкер', roles: ['reviewer'] });
  for (let i = 0; i < options.people; i += 1)
    must(await addStaff(server, { ...person, roles: i % 2 === 0 ? ['reviewer'] : [] }));
  workstation.client.close();
}

export async function check(options: Pick<CheckPlaceOptions, 'directory'> & Partial<CheckPlaceOptions>) {
  const findings: Finding[] = [];
  const summary = must(
    await checkPlace({ witnesses: [], onProgress: () => undefined, ...options, report: (one) => findings.push(one) }),
  );
  return { findings, summary };
}
