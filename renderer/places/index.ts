export { pathOf, placeOf, type Page, type Place } from './place.ts';
export { PlaceProvider, useGo, usePlace } from './context.tsx';
