export { makeCards, type StaffCard } from './cards.ts';
export { makeCases } from './cases.ts';
export { Chance } from './chance.ts';
export { makeBin, makeIin } from './numbers.ts';
export { fullName, member, operator, staff, type StaffMember } from './staff.ts';
