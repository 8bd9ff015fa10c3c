import { Menu as KitMenu, Modal, Tabs as KitTabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { IconCheck } from './icons.ts';

export type MenuItem =
  | { readonly kind: 'title'; readonly text: string }
  | { readonly kind: 'line' }
  | {
      readonly kind: 'item';
      readonly text: string;
      readonly hint?: string;
      readonly isChosen?: boolean;
      readonly onChoose: () => void;
    };

function Item({ item }: { readonly item: Extract<MenuItem, { kind: 'item' }> }): ReactNode {
  const choice = item.isChosen === undefined ? {} : { role: 'menuitemradio', 'aria-checked': item.isChosen };
  return (
    <KitMenu.Item
      {...choice}
      onClick={item.onChoose}
      rightSection={item.hint === undefined ? null : <span className="quiet small">{item.hint}</span>}
      leftSection={
        item.isChosen === undefined ? null : (
          <span className="menu-tick">{item.isChosen ? <IconCheck size={16} aria-hidden /> : null}</span>
        )
      }
    >
      {item.text}
    </KitMenu.Item>
  );
}

/** A menu under a button; arrows move, Enter chooses, Esc closes and gives the focus back. */
export function Menu(props: {
  readonly name: string;
  readonly face: ReactNode;
  readonly className: string;
  readonly head?: ReactNode;
  readonly items: readonly MenuItem[];
  readonly isToRight?: boolean;
}): ReactNode {
  return (
    <KitMenu
      position={props.isToRight === true ? 'bottom-end' : 'bottom-start'}
      transitionProps={{ duration: 80 }}
      offset={4}
      shadow="md"
      classNames={{ dropdown: 'menu' }}
    >
      <KitMenu.Target>
        <button type="button" className={props.className} aria-label={props.name}>
          {props.face}
        </button>
      </KitMenu.Target>
      <KitMenu.Dropdown>
        {props.head}
        {props.items.map((item, index) => {
          if (item.kind === 'title') return <KitMenu.Label key={index}>{item.text}</KitMenu.Label>;
          if (item.kind === 'line') return <KitMenu.Divider key={index} />;
          return <Item key={index} item={item} />;
        })}
      </KitMenu.Dropdown>
    </KitMenu>
  );
}

export type Tab<Value extends string> = {
  readonly value: Value;
  readonly label: string;
  readonly mark?: ReactNode;
  readonly content: ReactNode;
};

/** Tabs of one panel; arrows move between them. */
export function Tabs<Value extends string>(props: {
  readonly label: string;
  readonly tabs: readonly Tab<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}): ReactNode {
  return (
    <KitTabs
      value={props.value}
      onChange={(value) => {
        const chosen = props.tabs.find((tab) => tab.value === value);
        if (chosen !== undefined) props.onChange(chosen.value);
      }}
      keepMounted={false}
      className="tabs"
    >
      <KitTabs.List aria-label={props.label}>
        {props.tabs.map((tab) => (
          <KitTabs.Tab key={tab.value} value={tab.value} rightSection={tab.mark}>
            {tab.label}
          </KitTabs.Tab>
        ))}
      </KitTabs.List>
      {props.tabs.map((tab) => (
        <KitTabs.Panel key={tab.value} value={tab.value} tabIndex={0}>
          {tab.content}
        </KitTabs.Panel>
      ))}
    </KitTabs>
  );
}

/** A window over the page for one short matter; Esc closes it. */
export function Sheet(props: {
  readonly title: string;
  readonly isTitleHidden?: boolean;
  readonly closeName: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const isHidden = props.isTitleHidden === true;
  return (
    <Modal.Root
      opened={props.isOpen}
      onClose={props.onClose}
      size={560}
      yOffset="12vh"
      padding={isHidden ? 0 : 20}
      transitionProps={{ duration: 80, transition: 'fade' }}
      classNames={{ content: 'sheet', overlay: 'sheet-backdrop' }}
    >
      <Modal.Overlay color="transparent" backgroundOpacity={1} />
      <Modal.Content {...(isHidden ? { 'aria-label': props.title } : {})}>
        {isHidden ? null : (
          <Modal.Header>
            <Modal.Title>{props.title}</Modal.Title>
            <Modal.CloseButton aria-label={props.closeName} />
          </Modal.Header>
        )}
        <Modal.Body>{props.children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
