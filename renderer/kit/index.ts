export { Button, IconButton, Tip, type ButtonTone } from './buttons.tsx';
export { CheckList, RadioList, SecretField, Segmented, TextArea, TextField, type Choice } from './fields.tsx';
export {
  durationOf,
  formatCount,
  formatDate,
  formatIdentityNumber,
  formatIsoDate,
  formatMoney,
  formatTime,
  formatZone,
  shortHash,
  shortName,
  sizeParts,
  type Duration,
} from './format.ts';
export {
  IconArrowBackUp,
  IconBuilding,
  IconCertificate,
  IconCheck,
  IconChevronDown,
  IconChevronRight,
  IconClock,
  IconCloudOff,
  IconCreditCard,
  IconCreditCardOff,
  IconDeviceDesktop,
  IconDownload,
  IconFileText,
  IconFlag,
  IconHelpCircle,
  IconInbox,
  IconInfoCircle,
  IconLink,
  IconLock,
  IconNotebook,
  IconPlugConnected,
  IconRefresh,
  IconSearch,
  IconServer,
  IconShieldCheck,
  IconSignature,
  IconUser,
  IconX,
} from './icons.ts';
export { isWriting, keyName, useKeys, type KeyMap } from './keys.ts';
export {
  Empty,
  Fact,
  Facts,
  Hash,
  IdentityNumber,
  Keys,
  Shape,
  Skeleton,
  State,
  StepShape,
  Time,
  type Tone,
} from './marks.tsx';
export { Menu, Sheet, Tabs, type MenuItem, type Tab } from './menus.tsx';
export { KitProvider, type ColourScheme, type Density } from './provider.tsx';
export { Note, RefusalBox, type ShownRefusal } from './refusal.tsx';
