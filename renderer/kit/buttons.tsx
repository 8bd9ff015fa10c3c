import { Button as KitButton, Tooltip } from '@mantine/core';
import type { ReactNode, Ref } from 'react';

export type ButtonTone = 'primary' | 'plain' | 'quiet' | 'danger';

const variants = { primary: 'filled', plain: 'default', quiet: 'subtle', danger: 'filled' } as const;

export type ButtonProps = {
  readonly children: ReactNode;
  readonly onClick?: (() => void) | undefined;
  readonly tone?: ButtonTone;
  readonly icon?: ReactNode;
  /** Keys that do the same, shown at the end of the button. */
  readonly keys?: string;
  readonly isDisabled?: boolean;
  readonly isBusy?: boolean;
  readonly isWide?: boolean;
  readonly isSubmit?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
};

/** A button says what happens; a disabled one stays readable. */
export function Button(props: ButtonProps): ReactNode {
  const { tone = 'plain', keys } = props;
  return (
    <KitButton
      ref={props.ref}
      type={props.isSubmit === true ? 'submit' : 'button'}
      variant={variants[tone]}
      className={`button button-${tone}`}
      onClick={props.onClick}
      disabled={props.isDisabled === true}
      loading={props.isBusy === true}
      loaderProps={{ type: 'dots' }}
      fullWidth={props.isWide === true}
      leftSection={props.icon}
      rightSection={keys === undefined ? null : <span className="button-keys">{keys}</span>}
    >
      {props.children}
    </KitButton>
  );
}

/** A button of one icon; its name is read aloud and shown beside it on hover. */
export function IconButton(props: {
  readonly name: string;
  readonly icon: ReactNode;
  readonly onClick?: () => void;
  readonly isCurrent?: boolean;
  readonly isDisabled?: boolean;
  readonly className?: string;
  readonly side?: 'right' | 'bottom' | 'top' | 'left';
}): ReactNode {
  return (
    <Tip text={props.name} side={props.side ?? 'bottom'}>
      <button
        type="button"
        className={`icon-button ${props.className ?? ''}`}
        aria-label={props.name}
        aria-current={props.isCurrent === true ? 'page' : undefined}
        disabled={props.isDisabled}
        onClick={props.onClick}
      >
        {props.icon}
      </button>
    </Tip>
  );
}

/** A word more on hover or focus; never the only place of a fact. */
export function Tip(props: {
  readonly text: string;
  readonly side?: 'right' | 'bottom' | 'top' | 'left';
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Tooltip
      label={props.text}
      position={props.side ?? 'top'}
      openDelay={350}
      transitionProps={{ duration: 80 }}
      events={{ hover: true, focus: true, touch: false }}
      multiline
      maw={360}
      classNames={{ tooltip: 'tip' }}
    >
      {props.children}
    </Tooltip>
  );
}
