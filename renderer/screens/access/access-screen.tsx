import type { ReactNode } from 'react';
import type { AccessPart } from '../../places/index.ts';
import { DevicesScreen } from './devices/devices-screen.tsx';
import { AccessNav } from './part-nav.tsx';
import { PeopleScreen } from './people/people-screen.tsx';
import { PoliciesScreen } from './policies/policies-screen.tsx';
import { AlarmProposal } from './proposal/alarm-screen.tsx';
import { DeviceProposal } from './proposal/device-screen.tsx';
import { PolicyProposal } from './proposal/policy-screen.tsx';
import { ReleaseProposal } from './proposal/release-screen.tsx';
import { ReviewProposal } from './proposal/review-screen.tsx';
import { ProposalScreen } from './proposal/proposal-screen.tsx';
import { RolesScreen } from './roles/roles-screen.tsx';
import { WaitingScreen } from './waiting/waiting-screen.tsx';

function Part({ part, id }: { readonly part: AccessPart; readonly id: string | null }): ReactNode {
  switch (part) {
    case 'people':
      return <PeopleScreen iin={id} />;
    case 'roles':
      return <RolesScreen />;
    case 'devices':
      return <DevicesScreen id={id} />;
    case 'policies':
      return <PoliciesScreen id={id} />;
    case 'propose':
      return <ProposalScreen iin={id} />;
    case 'propose-alarm':
      return <AlarmProposal leaf={id} />;
    case 'propose-device':
      return <DeviceProposal id={id} />;
    case 'propose-policy':
      return <PolicyProposal />;
    case 'propose-release':
      return <ReleaseProposal iin={id} />;
    case 'propose-review':
      return <ReviewProposal />;
    default:
      return <WaitingScreen id={id} />;
  }
}

/** Who may do what: what waits for a second signature, people, roles, devices, policies. */
export function AccessScreen(place: { readonly part: AccessPart; readonly id: string | null }): ReactNode {
  return (
    <div className="parts-page">
      <AccessNav part={place.part} />
      <Part {...place} />
    </div>
  );
}
