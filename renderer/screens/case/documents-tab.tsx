import type { ReactNode } from 'react';
import type { RegistrationForm } from '../../../core/actions/index.ts';
import {
  Fact,
  Facts,
  formatDate,
  formatIsoDate,
  Hash,
  IconFileText,
  IdentityNumber,
  Part,
  sizeParts,
} from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';

function Person({ form }: { readonly form: RegistrationForm }): ReactNode {
  const words = useWords();
  const { person } = form;
  return (
    <Part title={words('case.person')}>
      <Facts>
        <Fact name={words('case.fullName')}>
          {[person.surname, person.givenName, person.patronymic].filter((part) => part !== '').join(' ')}
        </Fact>
        <Fact name={words('id.iin')}>
          <IdentityNumber value={person.iin} />
        </Fact>
        <Fact name={words('case.birthDate')}>
          <span className="num">{formatIsoDate(person.birthDate)}</span>
        </Fact>
        <Fact name={words('case.citizenship')}>{person.citizenship}</Fact>
        <Fact name={words('case.language')}>{words(`language.${form.language}`)}</Fact>
        <Fact name={words('case.identification')}>{words(`case.method.${form.identification.method}`)}</Fact>
      </Facts>
    </Part>
  );
}

function Organisation({
  organisation,
}: {
  readonly organisation: NonNullable<RegistrationForm['organisation']>;
}): ReactNode {
  const words = useWords();
  const { basis, number, validUntil } = organisation.authority;
  const what = words(`case.authority.${basis}`, { number });
  return (
    <Part title={words('case.organisation')}>
      <Facts>
        <Fact name={words('case.organisationName')}>{organisation.name}</Fact>
        <Fact name={words('id.bin')}>
          <IdentityNumber value={organisation.bin} />
        </Fact>
        <Fact name={words('case.authority')}>
          {validUntil === null ? what : words('case.authorityUntil', { what, date: formatIsoDate(validUntil) })}
        </Fact>
      </Facts>
    </Part>
  );
}

function Identity({ form }: { readonly form: RegistrationForm }): ReactNode {
  const words = useWords();
  const { document, contact, bankAccount } = form;
  return (
    <>
      <Part title={words('case.document')}>
        <Facts>
          <Fact name={words('case.document')}>
            <span className="num">
              {words('case.documentValue', {
                kind: words(`case.documentKind.${document.kind}`),
                number: document.number,
              })}
            </span>
          </Fact>
          <Fact name={words('case.valid')}>
            <span className="num">
              {words('case.validRange', {
                from: formatIsoDate(document.issuedOn),
                to: formatIsoDate(document.expiresOn),
              })}
            </span>
          </Fact>
          <Fact name={words('case.issuer')}>{document.issuer}</Fact>
        </Facts>
      </Part>
      <Part title={words('case.contact')}>
        <Facts>
          <Fact name={words('case.phone')}>
            <span className="num">{contact.phone}</span>
          </Fact>
          <Fact name={words('case.email')}>{contact.email}</Fact>
          <Fact name={words('case.bank')}>
            <span className="num">{bankAccount.iban}</span>
            <br />
            {bankAccount.bank}
          </Fact>
        </Facts>
      </Part>
    </>
  );
}

function Consents({ form }: { readonly form: RegistrationForm }): ReactNode {
  const words = useWords();
  return (
    <Part title={words('case.consents')}>
      <Facts>
        {form.consents.map((consent) => (
          <Fact key={consent.id} name={words(`case.consent.${consent.id}`)}>
            <span className="num">{formatDate(consent.givenAtMs)}</span>
          </Fact>
        ))}
      </Facts>
    </Part>
  );
}

function Files({ documents }: { readonly documents: RegistrationForm['documents'] }): ReactNode {
  const words = useWords();
  return (
    <Part title={words('case.files')}>
      {documents.length === 0 ? <p className="quiet">{words('case.noFiles')}</p> : null}
      <ul className="files">
        {documents.map((file) => {
          const { unit, value } = sizeParts(file.sizeBytes);
          return (
            <li key={file.sha256} className="file">
              <IconFileText size={16} className="quiet" aria-hidden />
              <span>{words(`case.file.${file.kind}`)}</span>
              <span className="quiet num small">{words(`size.${unit}`, { value })}</span>
              <Hash value={file.sha256} />
            </li>
          );
        })}
      </ul>
    </Part>
  );
}

/** What was submitted, and the files that came with it, each by the hash that the record covers. */
export function DocumentsTab({ form }: { readonly form: RegistrationForm }): ReactNode {
  return (
    <div className="tab-body parts">
      <Person form={form} />
      {form.organisation === null ? null : <Organisation organisation={form.organisation} />}
      <Identity form={form} />
      <Consents form={form} />
      <Files documents={form.documents} />
    </div>
  );
}
