import { useMemo, type ReactNode } from 'react';
import { diffRecords, fieldsOf, type FieldChange, type FieldPath } from '../../../core/access/index.ts';
import type { Json } from '../../../core/kernel/index.ts';
import { IconMinus, IconPlus } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';
import { changeLines, fieldName, valueLines, type RecordKind, type ValueLine } from './field-words.ts';

function Name({ kind, path }: { readonly kind: RecordKind; readonly path: FieldPath }): ReactNode {
  const words = useWords();
  const { text, isKnown } = fieldName(words, kind, path);
  return (
    <th scope="row" className={isKnown ? '' : 'diff-technical'}>
      {text}
    </th>
  );
}

/** A value on one side; what stands on this side only has a sign and a word for the screen reader. */
function Side({ lines, side }: { readonly lines: readonly ValueLine[]; readonly side: 'before' | 'after' }): ReactNode {
  const words = useWords();
  const Icon = side === 'before' ? IconMinus : IconPlus;
  if (lines.length === 0) return <span className="quiet">{words('diff.absent')}</span>;
  return (
    <ul className="diff-lines">
      {lines.map(({ text, isOnlyHere }, at) => (
        <li key={at} className={isOnlyHere ? `diff-only diff-only-${side}` : ''}>
          {isOnlyHere ? (
            <>
              <Icon size={14} aria-hidden />
              <span className="visually-hidden">{words(`diff.only.${side}`)}</span>
            </>
          ) : null}
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}

function ChangeRow({ kind, change }: { readonly kind: RecordKind; readonly change: FieldChange }): ReactNode {
  const words = useWords();
  const { before, after } = changeLines(words, change);
  return (
    <tr>
      <Name kind={kind} path={change.path} />
      <td className="diff-before">
        <Side lines={before} side="before" />
      </td>
      <td className="diff-after">
        <Side lines={after} side="after" />
      </td>
    </tr>
  );
}

/** What a change does: the field in words, before, after. A new record has no column "before". */
export function DiffTable(props: {
  readonly label: string;
  readonly kind: RecordKind;
  readonly before: Json | null;
  readonly after: Json | null;
}): ReactNode {
  const words = useWords();
  const { before, after, kind } = props;
  const changes = useMemo(() => diffRecords(before, after), [before, after]);
  if (before === null && after !== null) return <FieldsTable label={props.label} kind={kind} record={after} />;
  if (changes.length === 0) return <p className="quiet">{words('diff.nothing')}</p>;
  return (
    <table className="diff" aria-label={props.label}>
      <thead>
        <tr>
          {(['field', 'before', 'after'] as const).map((name) => (
            <th key={name} scope="col">
              {words(`diff.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <ChangeRow key={JSON.stringify(change.path)} kind={kind} change={change} />
        ))}
      </tbody>
    </table>
  );
}

/** A whole record, every field of it in words. */
export function FieldsTable(props: {
  readonly label: string;
  readonly kind: RecordKind;
  readonly record: Json;
}): ReactNode {
  const words = useWords();
  const fields = useMemo(() => fieldsOf(props.record), [props.record]);
  return (
    <table className="diff diff-whole" aria-label={props.label}>
      <thead>
        <tr>
          <th scope="col">{words('diff.field')}</th>
          <th scope="col">{words('diff.value')}</th>
        </tr>
      </thead>
      <tbody>
        {fields.map(({ path, value }) => (
          <tr key={JSON.stringify(path)}>
            <Name kind={props.kind} path={path} />
            <td>
              <ul className="diff-lines">
                {valueLines(words, path, [value, value]).map(({ text }, at) => (
                  <li key={at}>{text}</li>
                ))}
              </ul>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
