import { ok } from '../../core/kernel/index.ts';
import { endpoints } from '../../contracts/http/index.ts';
import { judgePosture, keepReport, viewDevices } from '../accounts/index.ts';
import type { DoorContext } from './context.ts';
import type { Router } from './router.ts';

/** Opens the doors of devices and of what they say of their own state. */
export function openDeviceDoors(context: DoorContext, router: Router): void {
  router.open(endpoints.posture, async ({ device, body }) => {
    await keepReport(context, device, body);
    const { findings, service } = await judgePosture(context, device);
    return ok({ service: service.measure, findings: [...findings] });
  });
  router.open(endpoints.devices, async () => ok({ devices: await viewDevices(context) }));
}
