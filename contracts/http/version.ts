/** Of application, command line and server, as in package.json; a test compares them. */
export const applicationVersion = '0.1.0';
