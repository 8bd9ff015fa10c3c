import { ok } from '../../core/kernel/index.ts';
import { endpoints } from '../../contracts/http/index.ts';
import { judgePosture, keepReport } from '../accounts/index.ts';
import type { DoorContext } from './context.ts';
import type { Router } from './router.ts';

/** Opens the doors of devices and of what they say of their own state. */
export function openDeviceDoors(context: DoorContext, router: Router): void {
  router.open(endpoints.posture, async ({ device, body }) => {
    await keepReport(context, device, body);
    const { findings, service } = await judgePosture(context, device);
    return ok({ service: service.measure, findings: [...findings] });
  });
  router.open(endpoints.devices, async () => {
    const devices = await Promise.all(
      context.registry.devices().map(async (device) => {
        const { posture, reportedAtMs, findings, service } = await judgePosture(context, device);
        const { device: id, name, kind, enrolledAtMs } = device.record;
        const said = posture === undefined ? null : { ...posture, remoteControl: copied(posture.remoteControl) };
        return {
          ...{ id, name, kind, enrolledAtMs, posture: said, reportedAtMs },
          ...{ service: service.measure, findings: [...findings] },
        };
      }),
    );
    return ok({ devices });
  });
}

function copied(names: readonly string[] | null): string[] | null {
  return names === null ? null : [...names];
}
