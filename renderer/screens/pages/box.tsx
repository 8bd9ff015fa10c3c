import type { ReactNode } from 'react';

/** One matter of a page under its own heading. */
export function Box({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <section className="box">
      <h2>{title}</h2>
      {children}
    </section>
  );
}
