import { realSurroundings, rotateLogKey } from '../../../server/boot/index.ts';

/** Rotates the keys of a log and dies by SIGKILL at a step: `rotate-child.ts <folder> <step>`. */
const [directory = '', step = ''] = process.argv.slice(2);
const rotated = await rotateLogKey({ directory, surroundings: realSurroundings }, (at) => {
  if (at === step) process.kill(process.pid, 'SIGKILL');
});
process.stdout.write(rotated.ok ? 'rotated' : rotated.refusal.code);
