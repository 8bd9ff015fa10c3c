import { Skeleton as KitSkeleton } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { Tip } from './buttons.tsx';
import { formatIdentityNumber, formatTime, formatZone, shortHash } from './format.ts';
import {
  IconAlertTriangle,
  IconCircle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleHalf2,
  IconCircleX,
  IconDiamond,
  IconHourglass,
} from './icons.ts';

export type Tone = 'good' | 'waiting' | 'bad' | 'over' | 'quiet' | 'active' | 'alarm';

// A state is a colour, a shape and a word, so that no one of the three carries it alone.
const shapes = {
  good: IconCircleCheck,
  waiting: IconHourglass,
  bad: IconCircleX,
  over: IconDiamond,
  quiet: IconCircle,
  active: IconCircleHalf2,
  alarm: IconAlertTriangle,
} as const;

/** The shape of a state. With `name` it stands alone and says it; without, a word beside it does. */
export function Shape(props: { readonly tone: Tone; readonly name?: string; readonly size?: number }): ReactNode {
  const Icon = shapes[props.tone];
  const size = props.size ?? 16;
  if (props.name === undefined) return <Icon size={size} className={`shape tone-${props.tone}`} aria-hidden />;
  return (
    <Tip text={props.name}>
      <span className="shape-alone" role="img" aria-label={props.name}>
        <Icon size={size} className={`shape tone-${props.tone}`} aria-hidden />
      </span>
    </Tip>
  );
}

/** A state as colour, shape and word. */
export function State(props: {
  readonly tone: Tone;
  readonly children: ReactNode;
  readonly isSoft?: boolean;
}): ReactNode {
  return (
    <span className={`state tone-${props.tone} ${props.isSoft === true ? 'state-soft' : ''}`}>
      <Shape tone={props.tone} size={14} />
      <span>{props.children}</span>
    </span>
  );
}

/** `22.11.2026 14:05:31`; the zone shows on hover and on focus. */
export function Time({ atMs }: { readonly atMs: number }): ReactNode {
  return (
    <time className="num" dateTime={new Date(atMs).toISOString()} title={formatZone(atMs)}>
      {formatTime(atMs)}
    </time>
  );
}

/** An IIN or BIN in two groups; what is copied has no gap. */
export function IdentityNumber({ value }: { readonly value: string }): ReactNode {
  return (
    <span
      className="num selectable"
      onCopy={(event) => {
        event.preventDefault();
        event.clipboardData.setData('text/plain', value);
      }}
    >
      {formatIdentityNumber(value)}
    </span>
  );
}

/** A hash; short where the line has no room, whole on hover. */
export function Hash({ value, isWhole = false }: { readonly value: string; readonly isWhole?: boolean }): ReactNode {
  return (
    <code className={`mono selectable ${isWhole ? 'hash-whole' : ''}`} title={value}>
      {isWhole ? value : shortHash(value)}
    </code>
  );
}

export function Keys({ children }: { readonly children: string }): ReactNode {
  return <kbd className="keys">{children}</kbd>;
}

/** An answer that takes longer than 300 ms shows where it will stand; a quicker one never flickers. */
export function Skeleton({ lines = 4, name }: { readonly lines?: number; readonly name: string }): ReactNode {
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLate(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="skeleton" role="status" aria-label={name}>
      {isLate
        ? Array.from({ length: lines }, (_, index) => (
            <KitSkeleton key={index} height={12} width={`${90 - ((index * 17) % 45)}%`} radius="sm" />
          ))
        : null}
    </div>
  );
}

/** Nothing is here: why, and what to do. */
export function Empty(props: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <div className="empty">
      <div className="empty-icon">{props.icon}</div>
      <h2>{props.title}</h2>
      {props.text === undefined ? null : <p className="quiet">{props.text}</p>}
      {props.children}
    </div>
  );
}

/** A titled part of a panel. */
export function Part(props: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <section className="part">
      <h2>{props.title}</h2>
      {props.children}
    </section>
  );
}

/** Pairs of a name and a value. */
export function Facts(props: { readonly children: ReactNode; readonly isWide?: boolean }): ReactNode {
  return <dl className={props.isWide === true ? 'facts facts-wide' : 'facts'}>{props.children}</dl>;
}

export function Fact(props: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="fact">
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

/** A still dashed circle: a step that has not come yet. */
export function StepShape(props: { readonly state: 'done' | 'now' | 'later' | 'bad' }): ReactNode {
  if (props.state === 'done') return <IconCircleCheck size={16} className="shape tone-good" aria-hidden />;
  if (props.state === 'bad') return <IconCircleX size={16} className="shape tone-bad" aria-hidden />;
  const Icon = props.state === 'now' ? IconHourglass : IconCircleDashed;
  return <Icon size={16} className={`shape ${props.state === 'now' ? 'tone-waiting' : 'tone-quiet'}`} aria-hidden />;
}
