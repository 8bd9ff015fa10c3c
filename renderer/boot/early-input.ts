/** Nobody presses more often before a window stands, which is a fraction of a second. */
const pressesMax = 16;

const pressable = 'button, label, input, summary';

export type EarlyInput = {
  /** From now on the page answers by itself as soon as the returned function is called, which gives it everything that was kept. */
  readonly take: () => () => void;
  /** Forgets what was kept. */
  readonly drop: () => () => void;
};

type Field = { readonly element: HTMLInputElement; readonly text: string };

/** Writes into a field as a person does, so that whoever listens hears of it. */
function write({ element, text }: Field): void {
  const typed = element.value === '' ? text : element.value;
  const own = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
  // Emptied through the element, written past it: React compares with what it saw last.
  element.value = '';
  own?.set?.call(element, typed);
  element.dispatchEvent(new Event('input', { bubbles: true }));
}

/**
 * Keeps what a person does to a painted screen before its scripts are there: presses wait, and what is written into a field
 * stays. Nothing is lost, nothing is done twice.
 */
export function keepEarlyInput(page: Document): EarlyInput {
  const presses: HTMLElement[] = [];
  const keep = (event: MouseEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const element = event.target instanceof Element ? event.target.closest<HTMLElement>(pressable) : null;
    if (element !== null && presses.length < pressesMax) presses.push(element);
  };
  page.addEventListener('click', keep, true);
  const stop = (): void => page.removeEventListener('click', keep, true);
  return {
    take: () => {
      const fields: readonly Field[] = [...page.querySelectorAll('input')]
        .filter(({ type, value }) => type === 'text' && value !== '')
        .map((element) => ({ element, text: element.value }));
      return () => {
        stop();
        for (const field of fields) if (field.element.isConnected) write(field);
        for (const press of presses.splice(0)) if (press.isConnected) press.click();
      };
    },
    drop: () => {
      stop();
      return () => undefined;
    },
  };
}
