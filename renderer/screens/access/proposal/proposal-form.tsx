import { useState, type ReactNode } from 'react';
import type { PersonView } from '../../../../contracts/ipc/index.ts';
import { roles } from '../../../../core/access/index.ts';
import { useAnswer } from '../../../bridge/index.ts';
import { Button, CheckList, IdentityNumber, Segmented, shortHash, TextArea, TextField } from '../../../kit/index.ts';
import { useWords, type Words } from '../../../words/index.ts';
import { faultsOf, type FaultId, type FieldName, type ProposalDraft, type ProposalFields } from './draft.ts';
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

const hashPattern = /^[0-9a-f]{64}$/u;

/** Certificates of the person whose cards are in a reader here, those of the record, and any by its SHA-256. */
function Certificates({ part, iin }: { readonly part: Part; readonly iin: string }): ReactNode {
  const words = useWords();
  const { fields, edit } = part;
  const [typed, setTyped] = useState('');
  const [seen, setSeen] = useState(fields.certificates);
  const cards = useAnswer('certificates.list', null);
  const here = cards.state === 'here' ? cards.value.filter((card) => card.iin === iin) : [];
  const all = [...new Set([...seen, ...fields.certificates, ...here.map(({ sha256 }) => sha256)])];
  const labelOf = (hash: string): string => {
    const card = here.find(({ sha256 }) => sha256 === hash);
    return card === undefined ? shortHash(hash) : `${shortHash(hash)} ${words('unit.separator')} ${card.tokenLabel}`;
  };
  const hash = typed.replaceAll(/[\s:]/gu, '').toLowerCase();
  const isWrong = typed !== '' && !hashPattern.test(hash);
  const add = (): void => {
    setSeen([...all, hash]);
    edit('certificates', [...fields.certificates.filter((one) => one !== hash), hash]);
    setTyped('');
  };
  return (
    <div className="propose-certificates">
      <CheckList
        label={words('field.staff.certificates')}
        choices={all.map((value) => ({ value, label: labelOf(value) }))}
        values={fields.certificates}
        onChange={(values) => edit('certificates', values)}
      />
      {all.length === 0 ? <p className="quiet small">{words('propose.noCards')}</p> : null}
      <div className="propose-add">
        <TextField
          label={words('propose.certificateHash')}
          value={typed}
          onChange={setTyped}
          lengthMax={200}
          isMono
          {...(isWrong ? { fault: words('fault.certificate-malformed') } : {})}
        />
        <Button isDisabled={!hashPattern.test(hash)} onClick={add}>
          {words('propose.addCertificate')}
        </Button>
      </div>
    </div>
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
            <span className="quiet small">{words('id.iin')}</span>
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
      <Certificates part={part} iin={iin} />
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
      <TextArea
        label={words('propose.reason')}
        value={fields.reason}
        onChange={(value) => edit('reason', value)}
        hint={words('propose.reasonHint')}
        lengthMax={300}
      />
      <TextArea
        label={words('propose.basis')}
        value={fields.basis}
        onChange={(value) => edit('basis', value)}
        hint={words('propose.basisHint')}
        lengthMax={300}
      />
    </div>
  );
}
