/** As in package.json; a test compares them. */
export const serverVersion = '0.1.0';
