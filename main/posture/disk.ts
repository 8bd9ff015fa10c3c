/** What may be asked of the kernel's own files; `undefined` where there is none. */
export type KernelFiles = {
  readonly readText: (path: string) => Promise<string | undefined>;
  readonly list: (path: string) => Promise<readonly string[]>;
};

/** Layers between a file system and its disks: RAID, LVM, encryption and their like; more is a loop. */
const layersMax = 8;

/** `major:minor` of the device under a path, by `mountinfo` of proc(5): the longest mount point that holds it, the last of these. */
export function deviceUnder(mountinfo: string, path: string): string | undefined {
  let found: { readonly point: string; readonly device: string } | undefined;
  for (const line of mountinfo.split('\n')) {
    const [, , device, , mounted] = line.split(' ');
    if (device === undefined || mounted === undefined) continue;
    const point = mounted.replaceAll(/\\([0-7]{3})/gu, (_whole, octal: string) =>
      String.fromCodePoint(Number.parseInt(octal, 8)),
    );
    const holds = point === '/' || path === point || path.startsWith(`${point}/`);
    if (holds && point.length >= (found?.point.length ?? 0)) found = { point, device };
  }
  return found?.device;
}

/**
 * Whether everything that is written to a block device passes an encrypted layer (dm-crypt), by the files of sysfs; `null` for what is
 * no block device and for what cannot be followed.
 */
export async function isEncrypted(files: KernelFiles, device: string, depth = 0): Promise<boolean | null> {
  if (device.startsWith('0:') || depth >= layersMax) return null;
  const folder = `/sys/dev/block/${device}`;
  if ((await files.readText(`${folder}/dev`)) === undefined) return null;
  const uuid = await files.readText(`${folder}/dm/uuid`);
  if (uuid?.startsWith('CRYPT-') === true) return true;
  const below = await files.list(`${folder}/slaves`);
  if (below.length === 0) return false;
  const answers = await Promise.all(
    below.map(async (name) => {
      const number = await files.readText(`/sys/class/block/${name}/dev`);
      return number === undefined ? null : isEncrypted(files, number.trim(), depth + 1);
    }),
  );
  return answers.includes(null) ? null : answers.every((answer) => answer === true);
}
