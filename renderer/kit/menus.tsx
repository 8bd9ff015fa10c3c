import { Menu as KitMenu, Modal, Tabs as KitTabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { IconCheck } from './icons.ts';

export type MenuItem =
  | { readonly kind: 'title'; readonly text: string }
  | { readonly kind: 'line' }
  | { readonly kind: 'item'; readonly text: string; readonly hint?: string; readonly onChoose: () => void }
  /** One of several of which one is chosen. */
  | { readonly kind: 'one-of'; readonly text: string; readonly isChosen: boolean; readonly onChoose: () => void }
  /** One of several of which any number is chosen; the menu stays open. */
  | { readonly kind: 'any-of'; readonly text: string; readonly isChosen: boolean; readonly onChoose: () => void };

function Item({ item }: { readonly item: MenuItem }): ReactNode {
  switch (item.kind) {
    case 'title':
      return <KitMenu.Label>{item.text}</KitMenu.Label>;
    case 'line':
      return <KitMenu.Divider />;
    case 'one-of':
      return (
        <KitMenu.RadioItem value={item.text} checked={item.isChosen} onChange={item.onChoose} closeMenuOnClick>
          {item.text}
        </KitMenu.RadioItem>
      );
    case 'any-of':
      return (
        <KitMenu.CheckboxItem value={item.text} checked={item.isChosen} onChange={item.onChoose}>
          {item.text}
        </KitMenu.CheckboxItem>
      );
    default:
      return (
        <KitMenu.Item
          onClick={item.onChoose}
          rightSection={item.hint === undefined ? null : <span className="quiet small">{item.hint}</span>}
        >
          {item.text}
        </KitMenu.Item>
      );
  }
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
      withInitialFocusPlaceholder={false}
      checkIcon={<IconCheck size={16} aria-hidden />}
      classNames={{ dropdown: 'menu' }}
    >
      <KitMenu.Target>
        <button type="button" className={props.className} aria-label={props.name}>
          {props.face}
        </button>
      </KitMenu.Target>
      <KitMenu.Dropdown>
        {props.head}
        {props.items.map((item, index) => (
          <Item key={index} item={item} />
        ))}
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
  /** For a report in two columns. */
  readonly isWide?: boolean;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const isHidden = props.isTitleHidden === true;
  return (
    <Modal.Root
      opened={props.isOpen}
      onClose={props.onClose}
      lockScroll={false}
      size={props.isWide === true ? 960 : 560}
      yOffset={props.isWide === true ? '5vh' : '12vh'}
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
