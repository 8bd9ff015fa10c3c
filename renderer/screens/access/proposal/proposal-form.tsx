import { useState, type ReactNode } from 'react';
import type { PersonView } from '../../../../contracts/ipc/index.ts';
import { roles } from '../../../../core/access/index.ts';
import { CheckList, IdentityNumber, Segmented, TextArea, TextField } from '../../../kit/index.ts';
import { useWords, type Words } from '../../../words/index.ts';
import { Certificates } from './certificates.tsx';
import { faultsOf, type FaultId, type FieldName, type ProposalDraft, type ProposalFields } from './draft.ts';
import { Why } from './proposal-frame.tsx';
import { editField } from './steps.ts';

export type FormProps = {
  readonly person: PersonView | null;
  readonly draft: ProposalDraft;
  readonly nowMs: number;
  readonly onChange: (draft: ProposalDraft) => void;
};

/** A fault in words; a wrong IIN is the refusal that the server would give. */
export function faultWords(words: Words, id: FaultId): string {
  if (id !== 'iin-malformed') return words(`fault.${id}`);
  const { what, why } = words.refusal({ code: id });
  return `${what}. ${why}`;
}

type Edit = <Name extends FieldName>(name: Name, value: ProposalFields[Name]) => void;
type Part = {
  readonly fields: ProposalFields;
  readonly edit: Edit;
  readonly faultOf: (name: FieldName) => string | undefined;
};

type TextName = 'iin' | 'name' | 'employeeNumber' | 'contractNumber' | 'contractParty' | 'from' | 'until';

function Line({
  part,
  name,
  label,
  hint,
  placeholder,
  lengthMax = 300,
}: {
  readonly part: Part;
  readonly name: TextName;
  readonly label: string;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly lengthMax?: number;
}): ReactNode {
  const { fields, edit, faultOf } = part;
  const fault = faultOf(name);
  return (
    <TextField
      label={label}
      value={fields[name]}
      onChange={(value) => edit(name, value)}
      lengthMax={lengthMax}
      {...(hint === undefined ? {} : { hint })}
      {...(placeholder === undefined ? {} : { placeholder })}
      {...(fault === undefined ? {} : { fault })}
    />
  );
}

function Employment({ part }: { readonly part: Part }): ReactNode {
  const words = useWords();
  const { fields, edit, faultOf } = part;
  const scopeFault = faultOf('contractScope');
  return (
    <>
      <Segmented
        label={words('propose.employment')}
        choices={[
          { value: 'staff', label: words('propose.staff') },
          { value: 'contractor', label: words('propose.contractor') },
        ]}
        value={fields.isContractor ? 'contractor' : 'staff'}
        onChange={(value) => edit('isContractor', value === 'contractor')}
      />
      {fields.isContractor ? (
        <>
          <div className="propose-pair">
            <Line part={part} name="contractNumber" label={words('field.staff.contract.number')} />
            <Line part={part} name="contractParty" label={words('field.staff.contract.party')} />
          </div>
          <TextArea
            label={words('field.staff.contract.scope')}
            value={fields.contractScope}
            onChange={(value) => edit('contractScope', value)}
            lengthMax={300}
            {...(scopeFault === undefined ? {} : { fault: scopeFault })}
          />
        </>
      ) : (
        <Line part={part} name="employeeNumber" label={words('field.staff.employeeNumber')} />
      )}
    </>
  );
}

function RecordFields({ part, person }: { readonly part: Part; readonly person: PersonView | null }): ReactNode {
  const words = useWords();
  const { fields, edit, faultOf } = part;
  const iin = person?.record.iin ?? fields.iin.trim();
  const rolesFault = faultOf('roles');
  return (
    <>
      <div className="propose-pair">
        {person === null ? (
          <Line part={part} name="iin" label={words('id.iin')} placeholder={words('propose.iinHint')} lengthMax={12} />
        ) : (
          <div className="propose-fixed">
            <span className="field-name">{words('id.iin')}</span>
            <IdentityNumber value={person.record.iin} />
          </div>
        )}
        <Line part={part} name="name" label={words('field.staff.name')} />
      </div>
      <Employment part={part} />
      <CheckList
        label={words('field.staff.roles')}
        choices={roles.map((value) => ({ value, label: words.role(value) }))}
        values={roles.filter((role) => fields.roles.includes(role))}
        onChange={(values) => edit('roles', values)}
        {...(rolesFault === undefined ? {} : { fault: rolesFault })}
      />
      <div className="propose-pair">
        <Line part={part} name="from" label={words('propose.from')} hint={words('propose.dayHint')} lengthMax={10} />
        <Line
          part={part}
          name="until"
          label={words('propose.until')}
          hint={words('propose.untilHint')}
          lengthMax={10}
        />
      </div>
      <Certificates
        iin={iin}
        recorded={person?.record.certificates ?? []}
        chosen={fields.certificates}
        onChange={(certificates) => edit('certificates', certificates)}
      />
    </>
  );
}

/** Faults are told as soon as a field was touched, and all of them beside the button: nobody is told off for an empty form. */
function useFaults({ draft, person, nowMs }: FormProps): (name: FieldName) => string | undefined {
  const words = useWords();
  const [first] = useState(draft.fields);
  const faults = faultsOf(draft, person?.record ?? null, nowMs);
  return (name) => {
    const fault = faults.find(({ field }) => field === name);
    const isTouched = JSON.stringify(first[name]) !== JSON.stringify(draft.fields[name]);
    return fault === undefined || !isTouched ? undefined : faultWords(words, fault.id);
  };
}

/** The fields of one kind of change; a block, an unblocking and a dismissal only ask why. */
export function ProposalForm(props: FormProps): ReactNode {
  const words = useWords();
  const { draft, person, onChange } = props;
  const { fields, kind } = draft;
  const edit: Edit = (name, value) => onChange(editField(draft, name, value));
  const faultOf = useFaults(props);
  return (
    <div className="propose-form">
      {kind === 'new' || kind === 'change' ? (
        <RecordFields part={{ fields, edit, faultOf }} person={person} />
      ) : (
        <p>{words(`propose.text.${kind}`)}</p>
      )}
      <Why fields={fields} onChange={edit} />
    </div>
  );
}
