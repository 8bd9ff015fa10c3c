export { QueueScreen } from './queue/queue-screen.tsx';
export { JournalScreen } from './journal/journal-screen.tsx';
export { LanguageSwitch } from './language-switch.tsx';
export { MemoryProvider, useMemory } from './memory.tsx';
export { AboutScreen } from './pages/about-screen.tsx';
export { ConnectionScreen } from './pages/connection-screen.tsx';
export { EnrolScreen } from './entry-gate/enrol-screen.tsx';
export { QuarantineScreen } from './entry-gate/quarantine-screen.tsx';
export { ShiftScreen } from './entry-gate/shift-screen.tsx';
