import type { AppView } from '../../contracts/ipc/index.ts';

/** The name of the screen that a view of the application begins with: its phase and its language. */
export function screenOf({ phase, preferences }: AppView): string {
  return `${phase}-${preferences.locale}`;
}
