export {
  accessParts,
  accountParts,
  pathOf,
  placeOf,
  type AccessPart,
  type AccountPart,
  type Page,
  type Place,
} from './place.ts';
export { PlaceProvider, useGo, usePlace } from './context.tsx';
