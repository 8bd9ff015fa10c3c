import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
  useNavigate,
  useRouterState,
} from '@tanstack/react-router';
import { useMemo, useState, type ReactNode } from 'react';
import { useAnswer } from '../bridge/index.ts';
import { pathOf, PlaceProvider, placeOf, type Place } from '../places/index.ts';
import {
  AboutScreen,
  AccessScreen,
  AccountScreen,
  ConnectionScreen,
  EvidenceScreen,
  JournalScreen,
  LogScreen,
  QueueScreen,
  RetentionScreen,
} from '../screens/index.ts';
import { Frame } from './frame.tsx';

/** The page that belongs to the place, inside the frame; the answer about the application is here before any page is. */
function Page(): ReactNode {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const navigate = useNavigate();
  const app = useAnswer('app.get', null);
  const navigation = useMemo(
    () => ({ place: placeOf(path), go: (place: Place) => void navigate({ to: pathOf(place) }) }),
    [path, navigate],
  );
  if (app.state !== 'here') return null;
  return (
    <PlaceProvider navigation={navigation}>
      <Frame app={app.value}>
        <Screen place={navigation.place} density={app.value.preferences.density} />
      </Frame>
    </PlaceProvider>
  );
}

function Screen({ place, density }: { readonly place: Place; readonly density: 'compact' | 'comfortable' }): ReactNode {
  switch (place.page) {
    case 'queue':
      return <QueueScreen density={density} />;
    case 'journal':
      return <JournalScreen />;
    case 'evidence':
      return <EvidenceScreen />;
    case 'log':
      return <LogScreen />;
    case 'access':
      return <AccessScreen part={place.part} id={place.id} />;
    case 'account':
      return <AccountScreen part={place.part} />;
    case 'retention':
      return <RetentionScreen />;
    case 'connection':
      return <ConnectionScreen />;
    default:
      return <AboutScreen />;
  }
}

function makeRouter(start: Place) {
  const root = createRootRoute({ component: Page });
  const everywhere = createRoute({ getParentRoute: () => root, path: '/$' });
  return createRouter({
    routeTree: root.addChildren([everywhere]),
    history: createMemoryHistory({ initialEntries: [pathOf(start)] }),
  });
}

/** The pages of an open shift. History is kept in memory only, so that no address of a case outlives the window. */
export function Pages({ start }: { readonly start: Place }): ReactNode {
  const [router] = useState(() => makeRouter(start));
  return <RouterProvider router={router} />;
}
