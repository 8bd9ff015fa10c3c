import { createContext, useContext, type ReactNode } from 'react';
import type { Place } from './place.ts';

export type Navigation = { readonly place: Place; readonly go: (place: Place) => void };

const NavigationContext = createContext<Navigation | undefined>(undefined);

function useNavigation(): Navigation {
  const navigation = useContext(NavigationContext);
  if (navigation === undefined) throw new Error('places: no provider above');
  return navigation;
}

export function usePlace(): Place {
  return useNavigation().place;
}

/** Takes the person to another place; the history of the window remembers the way back. */
export function useGo(): (place: Place) => void {
  return useNavigation().go;
}

export function PlaceProvider(props: { readonly navigation: Navigation; readonly children: ReactNode }): ReactNode {
  return <NavigationContext value={props.navigation}>{props.children}</NavigationContext>;
}
