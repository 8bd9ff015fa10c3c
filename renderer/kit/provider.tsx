import '@mantine/core/styles/default-css-variables.layer.css';
import '@mantine/core/styles/baseline.layer.css';
import '@mantine/core/styles/global.layer.css';
import '@mantine/core/styles/UnstyledButton.layer.css';
import '@mantine/core/styles/Button.layer.css';
import '@mantine/core/styles/CloseButton.layer.css';
import '@mantine/core/styles/Loader.layer.css';
import '@mantine/core/styles/Overlay.layer.css';
import '@mantine/core/styles/ModalBase.layer.css';
import '@mantine/core/styles/Modal.layer.css';
import '@mantine/core/styles/Paper.layer.css';
import '@mantine/core/styles/Popover.layer.css';
import '@mantine/core/styles/Menu.layer.css';
import '@mantine/core/styles/Input.layer.css';
import '@mantine/core/styles/InlineInput.layer.css';
import '@mantine/core/styles/Checkbox.layer.css';
import '@mantine/core/styles/Radio.layer.css';
import '@mantine/core/styles/Tabs.layer.css';
import '@mantine/core/styles/SegmentedControl.layer.css';
import '@mantine/core/styles/FloatingIndicator.layer.css';
import '@mantine/core/styles/Tooltip.layer.css';
import '@mantine/core/styles/Skeleton.layer.css';
import './fonts.css';
import './tokens.css';
import './kit.css';
import './controls.css';
import {
  createTheme,
  MantineProvider,
  type CSSVariablesResolver,
  type MantineColorSchemeManager,
  type MantineColorsTuple,
} from '@mantine/core';
import { useEffect, useSyncExternalStore, type ReactNode } from 'react';

export type ColourScheme = 'light' | 'dark' | 'auto';
export type Density = 'compact' | 'comfortable';

const teal: MantineColorsTuple = [
  '#e3eff2',
  '#c3dde3',
  '#9cc8d1',
  '#74b7c4',
  '#4db6c9',
  '#2b8ea2',
  '#1a6f83',
  '#0e5a6b',
  '#0a4856',
  '#063540',
];

const theme = createTheme({
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  fontSizes: { xs: '12px', sm: '14px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
  radius: { xs: '4px', sm: '6px', md: '6px', lg: '6px', xl: '6px' },
  defaultRadius: 'sm',
  colors: { teal },
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  respectReducedMotion: true,
  cursorType: 'default',
});

// The kit's colours are our tokens, so that one file holds the palette.
const variables: CSSVariablesResolver = () => ({
  variables: {
    '--mantine-color-body': 'var(--bg)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--text-3)',
    '--mantine-color-placeholder': 'var(--text-3)',
    '--mantine-color-default': 'var(--bg)',
    '--mantine-color-default-hover': 'var(--bg-hover)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-error': 'var(--red)',
    '--mantine-color-disabled': 'var(--bg-hover)',
    '--mantine-color-disabled-color': 'var(--text-3)',
    '--mantine-color-disabled-border': 'var(--line)',
  },
  light: {},
  dark: {},
});

// Nothing of a window is kept in the browser (57-26.2): the library's own manager would write to the storage of the page.
const noStorage: MantineColorSchemeManager = {
  get: (value) => value,
  set: () => undefined,
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => undefined,
};

const darkQuery = '(prefers-color-scheme: dark)';

function subscribeToSystem(listener: () => void): () => void {
  const query = matchMedia(darkQuery);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

// Where pages are drawn ahead there is no system to ask: main says in the page itself which look it has.
const hasPage = typeof document !== 'undefined';
const systemIsDark = (): boolean => hasPage && matchMedia(darkQuery).matches;

function useScheme(wanted: ColourScheme): 'light' | 'dark' {
  const isSystemDark = useSyncExternalStore(subscribeToSystem, systemIsDark, systemIsDark);
  return wanted === 'auto' ? (isSystemDark ? 'dark' : 'light') : wanted;
}

const nonce = (): string =>
  hasPage ? (document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '') : '__CSP_NONCE__';

/** Fonts, colours, density and the component library; styles made at run time carry the nonce of the page. */
export function KitProvider(props: {
  readonly scheme: ColourScheme;
  readonly density: Density;
  readonly children: ReactNode;
}): ReactNode {
  const { scheme, density, children } = props;
  useEffect(() => {
    document.documentElement.dataset['density'] = density;
  }, [density]);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      colorSchemeManager={noStorage}
      forceColorScheme={useScheme(scheme)}
      getStyleNonce={nonce}
    >
      {children}
    </MantineProvider>
  );
}
