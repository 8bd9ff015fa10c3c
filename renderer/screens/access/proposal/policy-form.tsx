import { useRef, type ReactNode } from 'react';
import { postureMeasures, readScopes, roles, type FieldPath } from '../../../../core/access/index.ts';
import { actTypes } from '../../../../core/actions/index.ts';
import type { Json } from '../../../../core/kernel/index.ts';
import { Button, CheckList, SelectField, TextArea, TextField, useKeys } from '../../../kit/index.ts';
import { useWords, type Words } from '../../../words/index.ts';
import { fieldName } from '../field-words.ts';
import {
  controlsOf,
  isListControl,
  switches,
  switchKey,
  type Control,
  type ListControl,
  type SingleControl,
} from './policy-controls.ts';
import {
  baseOf,
  listOf,
  pathKey,
  sectionDefaults,
  textOf,
  unitKey,
  unitOf,
  units,
  type PolicyDraft,
  type PolicyFields,
} from './policy-draft.ts';
import { Why } from './proposal-frame.tsx';
import { editField } from './steps.ts';

type Edit = <Name extends keyof PolicyFields>(name: Name, value: PolicyFields[Name]) => void;
type Of<C extends Control> = {
  readonly control: C;
  readonly fields: PolicyFields;
  readonly edit: Edit;
  readonly faultAt: (path: FieldPath) => string | undefined;
};

const nameOf = (words: Words, path: FieldPath): string => fieldName(words, 'policy', path).text;

/** In a table whose head says what it is about: the act or the role alone. */
function rowName(words: Words, path: FieldPath): string {
  const [section, part, id] = path.map(String);
  if (section !== 'access' || id === undefined) return nameOf(words, path);
  return part === 'acts' ? words.act(id) : words.role(id);
}

/** A span of time: a number, and its unit beside it. */
function Span({ control, fields, edit, faultAt }: Of<SingleControl>): ReactNode {
  const words = useWords();
  const { path } = control;
  const fault = faultAt(path);
  return (
    <div className="policy-span">
      <TextField
        label={nameOf(words, path)}
        value={textOf(fields, control)}
        onChange={(value) => edit(pathKey(path), value)}
        lengthMax={15}
        {...(fault === undefined ? {} : { fault })}
      />
      <SelectField
        label={words('policy.unitOf', { field: nameOf(words, path) })}
        choices={units.map((value) => ({ value, label: words(`unit.span.${value}`) }))}
        value={unitOf(fields, control)}
        onChange={(value) => edit(unitKey(path), value)}
      />
    </div>
  );
}

function Single(props: Of<SingleControl>): ReactNode {
  const words = useWords();
  const { control, fields, edit, faultAt } = props;
  const { kind, path } = control;
  const fault = faultAt(path);
  if (kind === 'span') return <Span {...props} />;
  const common = {
    label: nameOf(words, path),
    value: textOf(fields, control),
    onChange: (value: string) => edit(pathKey(path), value),
    ...(fault === undefined ? {} : { fault }),
  };
  if (kind === 'measure')
    return (
      <SelectField
        {...common}
        isLabelShown
        choices={['', ...postureMeasures].map((value) => ({
          value,
          label: value === '' ? words('policy.noMeasure') : (words.known(`value.measure.${value}`) ?? value),
        }))}
      />
    );
  if (kind === 'lines') return <TextArea {...common} hint={words('policy.lines')} lengthMax={2_000} />;
  return <TextField {...common} lengthMax={64} />;
}

/** What a list may hold, in words. */
function choicesOf(words: Words, { kind }: ListControl): readonly { readonly value: string; readonly label: string }[] {
  if (kind === 'roles') return roles.map((value) => ({ value, label: words.role(value) }));
  if (kind === 'scopes') return readScopes.map((value) => ({ value, label: words.known(`scope.${value}`) ?? value }));
  if (kind === 'acts') return actTypes.map((value) => ({ value, label: words.act(value) }));
  return switches.map((one) => ({
    value: switchKey(one),
    label: [
      words.known(`value.realm.${one.realm}`) ?? one.realm,
      words.known(`value.purpose.${one.purpose}`) ?? one.purpose,
      one.methods.map((method) => words.known(`factor.${method}`) ?? method).join(' + '),
    ].join(` ${words('unit.separator')} `),
  }));
}

function List({ control, fields, edit }: Of<ListControl>): ReactNode {
  const words = useWords();
  return (
    <CheckList
      label={nameOf(words, control.path)}
      choices={choicesOf(words, control)}
      values={listOf(fields, control)}
      onChange={(values) => edit(pathKey(control.path), values)}
    />
  );
}

/** One row for each act or change, one column for each role. */
function Grid(
  props: Omit<Of<ListControl>, 'control'> & { readonly label: string; readonly controls: readonly ListControl[] },
): ReactNode {
  const words = useWords();
  const { controls, fields, edit } = props;
  const columns = controls[0] === undefined ? [] : choicesOf(words, controls[0]);
  const toggle = (control: ListControl, value: string): void => {
    const held = listOf(fields, control);
    edit(pathKey(control.path), held.includes(value) ? held.filter((one) => one !== value) : [...held, value]);
  };
  return (
    <table className="diff policy-grid" aria-label={props.label}>
      <thead>
        <tr>
          <th scope="col">{props.label}</th>
          {columns.map(({ value, label }) => (
            <th key={value} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {controls.map((control) => (
          <tr key={JSON.stringify(control.path)}>
            <th scope="row">{rowName(words, control.path)}</th>
            {columns.map(({ value, label }) => (
              <td key={value}>
                <input
                  type="checkbox"
                  aria-label={`${nameOf(words, control.path)}: ${label}`}
                  checked={listOf(fields, control).includes(value)}
                  onChange={() => toggle(control, value)}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Section({
  name,
  controls,
  ...rest
}: Omit<Of<Control>, 'control'> & { readonly name: string; readonly controls: readonly Control[] }): ReactNode {
  const words = useWords();
  const lists = controls.filter(isListControl);
  const [roleLists, scopeLists] = [
    lists.filter(({ kind }) => kind === 'roles'),
    lists.filter(({ kind }) => kind === 'scopes'),
  ];
  const others = controls.filter((control) => control.kind !== 'roles' && control.kind !== 'scopes');
  return (
    <section className="policy-section">
      <h2>{words.known(`policy.section.${name}`) ?? name}</h2>
      {roleLists.length === 0 ? null : (
        <Grid label={words(`policy.grid.${name === 'changes' ? 'changes' : 'roles'}`)} controls={roleLists} {...rest} />
      )}
      {scopeLists.length === 0 ? null : <Grid label={words('policy.grid.scopes')} controls={scopeLists} {...rest} />}
      <div className="policy-fields">
        {others.map((control) =>
          isListControl(control) ? (
            <List key={JSON.stringify(control.path)} control={control} {...rest} />
          ) : (
            <Single key={JSON.stringify(control.path)} control={control} {...rest} />
          ),
        )}
      </div>
    </section>
  );
}

/** Sections in the order in which they are read. */
export const sections = [
  ...['access', 'changes', 'registration', 'clock', 'sync', 'signatures', 'factors', 'passwords'],
  ...['attempts', 'sessions', 'terms', 'posture', 'evidence'],
] as const;

function Absent({
  names,
  onAdd,
}: {
  readonly names: readonly string[];
  readonly onAdd: (name: string) => void;
}): ReactNode {
  const words = useWords();
  if (names.length === 0) return null;
  return (
    <section className="policy-section">
      <h2>{words('policy.absent')}</h2>
      <p className="quiet small">{words('policy.absentText')}</p>
      <div className="person-actions">
        {names.map((name) => (
          <Button key={name} onClick={() => onAdd(name)}>
            {words.known(`policy.section.${name}`) ?? name}
          </Button>
        ))}
      </div>
    </section>
  );
}

/** The form is long: these keys lead from section to section, also while somebody writes. */
function useSections() {
  const form = useRef<HTMLDivElement>(null);
  const move = (step: number) => (): void => {
    const all = [...(form.current?.querySelectorAll('.policy-section') ?? [])];
    const at = all.findIndex((section) => section.contains(document.activeElement));
    const section = all[Math.min(all.length - 1, Math.max(0, at + step))];
    section?.scrollIntoView({ block: 'start' });
    section?.querySelector<HTMLElement>('input, select, textarea, button')?.focus({ preventScroll: true });
  };
  useKeys({ 'alt+PageDown': move(1), 'alt+PageUp': move(-1) });
  return form;
}

/** Every setting of the policy in force, by sections, with units; what nobody touches stays as it is. */
export function PolicyForm(props: {
  readonly before: Json;
  readonly draft: PolicyDraft;
  readonly faultAt: (path: FieldPath) => string | undefined;
  readonly fromFault: string | undefined;
  readonly onChange: (draft: PolicyDraft) => void;
}): ReactNode {
  const words = useWords();
  const { before, draft, faultAt, fromFault, onChange } = props;
  const { fields } = draft;
  const form = useSections();
  const edit: Edit = (name, value) => onChange(editField(draft, name, value));
  const base = baseOf(before, fields);
  const controls = controlsOf(base);
  const absent = Object.keys(sectionDefaults).filter((name) => !(name in (base as object)));
  return (
    <div ref={form} className="propose-form policy-form">
      <p className="quiet small">{words('policy.sectionKeys')}</p>
      <TextField
        label={words('field.policy.effectiveFromMs')}
        hint={words('policy.momentHint')}
        value={fields.from}
        onChange={(value) => edit('from', value)}
        lengthMax={16}
        {...(fromFault === undefined ? {} : { fault: fromFault })}
      />
      <Why fields={fields} onChange={edit} />
      {sections.map((name) => {
        const own = controls.filter(({ path }) => path[0] === name);
        return own.length === 0 ? null : (
          <Section key={name} name={name} controls={own} fields={fields} edit={edit} faultAt={faultAt} />
        );
      })}
      <Absent names={absent} onAdd={(name) => edit('added', [...fields.added, name])} />
    </div>
  );
}
