import { useEffect, useState, type ReactNode, type Ref } from 'react';
import { IconChevronDown, IconSearch, Keys, Menu, TextField, type MenuItem } from '../kit/index.ts';

const typingPauseMs = 250;

function toggled<T>(all: readonly T[], one: T): T[] {
  return all.includes(one) ? all.filter((other) => other !== one) : [...all, one];
}

/** What a filter stands at, on the button that opens it. */
export function FilterFace({ text }: { readonly text: string }): ReactNode {
  return (
    <>
      <span className="cut">{text}</span>
      <IconChevronDown size={14} aria-hidden />
    </>
  );
}

/** Any number of a few; none is the same as all. */
export function FilterChoice<T extends string>(props: {
  readonly name: string;
  readonly any: string;
  readonly all: readonly T[];
  readonly chosen: readonly T[];
  readonly textOf: (one: T) => string;
  readonly onChange: (chosen: T[]) => void;
}): ReactNode {
  const { name, any, all, chosen, textOf, onChange } = props;
  const text = chosen.length === 0 ? any : chosen.map(textOf).join(', ');
  const items: readonly MenuItem[] = [
    ...all.map((one): MenuItem => ({
      kind: 'any-of',
      text: textOf(one),
      isChosen: chosen.includes(one),
      onChoose: () => onChange(toggled(chosen, one)),
    })),
    { kind: 'line' },
    { kind: 'item', text: any, onChoose: () => onChange([]) },
  ];
  return <Menu name={`${name}: ${text}`} face={<FilterFace text={text} />} className="text-button" items={items} />;
}

/** A search field that asks when the typing pauses; `/` puts the person into it. */
export function FilterSearch(props: {
  readonly label: string;
  readonly placeholder: string;
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly ref: Ref<HTMLInputElement>;
}): ReactNode {
  const { query, onQuery } = props;
  const [typed, setTyped] = useState(query);
  useEffect(() => {
    if (typed === query) return undefined;
    const timer = setTimeout(() => onQuery(typed), typingPauseMs);
    return () => clearTimeout(timer);
  }, [typed, query, onQuery]);
  return (
    <TextField
      ref={props.ref}
      label={props.label}
      isLabelHidden
      placeholder={props.placeholder}
      value={typed}
      onChange={setTyped}
      lengthMax={120}
      icon={<IconSearch size={16} aria-hidden />}
      end={<Keys>/</Keys>}
    />
  );
}
