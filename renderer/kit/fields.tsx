import { Checkbox, NativeSelect, Radio, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import type { ReactNode, Ref } from 'react';

type FieldProps = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string;
  /** What is wrong with the value. */
  readonly fault?: string;
  readonly placeholder?: string;
  readonly isLabelHidden?: boolean;
  readonly isDisabled?: boolean;
  readonly isMono?: boolean;
  readonly lengthMax?: number;
  readonly icon?: ReactNode;
  readonly end?: ReactNode;
  readonly ref?: Ref<HTMLInputElement>;
};

/** One line of text. The browser neither remembers nor corrects it. */
export function TextField(props: FieldProps): ReactNode {
  const isHidden = props.isLabelHidden === true;
  return (
    <TextInput
      ref={props.ref}
      label={isHidden ? undefined : props.label}
      aria-label={isHidden ? props.label : undefined}
      description={props.hint}
      error={props.fault}
      placeholder={props.placeholder}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      disabled={props.isDisabled === true}
      maxLength={props.lengthMax ?? 10_000}
      leftSection={props.icon}
      rightSection={props.end}
      autoComplete="off"
      spellCheck={false}
      className={props.isMono === true ? 'field field-mono' : 'field'}
    />
  );
}

/** A masked field whose value never enters the state of the page: whoever reads it takes it from the element and clears it (57-26.3). */
export function SecretField(props: {
  readonly label: string;
  readonly hint?: string;
  readonly isDisabled?: boolean;
  readonly isFirst?: boolean;
  readonly ref: Ref<HTMLInputElement>;
}): ReactNode {
  return (
    <TextInput
      ref={props.ref}
      type="password"
      label={props.label}
      description={props.hint}
      disabled={props.isDisabled === true}
      maxLength={128}
      autoComplete="off"
      spellCheck={false}
      data-autofocus={props.isFirst === true ? true : undefined}
      className="field field-secret"
    />
  );
}

/** A few lines of text with a stated limit. */
export function TextArea(props: Omit<FieldProps, 'ref' | 'icon' | 'end'>): ReactNode {
  return (
    <Textarea
      label={props.label}
      description={props.hint}
      error={props.fault}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      disabled={props.isDisabled === true}
      maxLength={props.lengthMax ?? 10_000}
      rows={3}
      autoComplete="off"
      spellCheck={false}
      className="field"
    />
  );
}

export type Choice<Value extends string> = {
  readonly value: Value;
  readonly label: string;
  readonly hint?: string;
  readonly isDisabled?: boolean;
};

/** One of a few; each choice may say why it is closed. */
export function RadioList<Value extends string>(props: {
  readonly label: string;
  readonly choices: readonly Choice<Value>[];
  readonly value: Value | null;
  readonly onChange: (value: Value) => void;
}): ReactNode {
  return (
    <Radio.Group
      label={props.label}
      value={props.value ?? ''}
      onChange={(value) => {
        const chosen = props.choices.find((choice) => choice.value === value);
        if (chosen !== undefined) props.onChange(chosen.value);
      }}
      className="choices"
    >
      {props.choices.map((choice) => (
        <Radio
          key={choice.value}
          value={choice.value}
          label={choice.label}
          description={choice.hint}
          disabled={choice.isDisabled}
          size="xs"
          className="choice"
        />
      ))}
    </Radio.Group>
  );
}

/** Several of a few. */
export function CheckList<Value extends string>(props: {
  readonly label: string;
  readonly choices: readonly Choice<Value>[];
  readonly values: readonly Value[];
  readonly onChange: (values: readonly Value[]) => void;
  readonly fault?: string;
}): ReactNode {
  const { values } = props;
  return (
    <fieldset className="choices">
      <legend>{props.label}</legend>
      {props.fault === undefined ? null : <p className="fault">{props.fault}</p>}
      {props.choices.map(({ value, label }) => (
        <Checkbox
          key={value}
          label={label}
          checked={values.includes(value)}
          onChange={(event) =>
            props.onChange(event.currentTarget.checked ? [...values, value] : values.filter((other) => other !== value))
          }
          size="xs"
          className="choice"
        />
      ))}
    </fieldset>
  );
}

/** One of two to four, all seen at once. */
export function Segmented<Value extends string>(props: {
  readonly label: string;
  readonly choices: readonly Choice<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}): ReactNode {
  return (
    <SegmentedControl
      aria-label={props.label}
      data={props.choices.map(({ value, label }) => ({ value, label }))}
      value={props.value}
      onChange={(value) => {
        const chosen = props.choices.find((choice) => choice.value === value);
        if (chosen !== undefined) props.onChange(chosen.value);
      }}
      size="xs"
      transitionDuration={0}
      withItemsBorders={false}
      className="segmented"
    />
  );
}

/** One of a few in the room of one line. */
export function SelectField<Value extends string>(props: {
  readonly label: string;
  readonly choices: readonly Choice<Value>[];
  readonly value: Value | string;
  readonly onChange: (value: Value) => void;
  readonly isLabelShown?: boolean;
  readonly fault?: string;
}): ReactNode {
  const isShown = props.isLabelShown === true;
  return (
    <NativeSelect
      label={isShown ? props.label : undefined}
      aria-label={isShown ? undefined : props.label}
      error={props.fault}
      data={props.choices.map(({ value, label }) => ({ value, label }))}
      value={props.value}
      onChange={(event) => {
        const chosen = props.choices.find(({ value }) => value === event.currentTarget.value);
        if (chosen !== undefined) props.onChange(chosen.value);
      }}
      className="field"
    />
  );
}
