/** True for a state of the screens of accounts, which are walked by a test of their own: all of them are too many for one. */
export const isOfAccess = (name: string): boolean =>
  /^(?:waiting|people|audit|propose|roles|devices|policies|account|sessions)(?:-|$)/u.test(name);
