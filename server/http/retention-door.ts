import { ok, type Result } from '../../core/kernel/index.ts';
import { endpoints, type RetentionView } from '../../contracts/http/index.ts';
import { retentionOverview } from '../archive/index.ts';
import type { DoorContext } from './context.ts';
import type { Router } from './router.ts';

/** Counting reads every row of evidence: some seconds of the database for millions, so that nobody counts twice at once. */
const keptMs = 30_000;

/** Opens the door of the retention overview: names and counts, no piece of evidence. */
export function openRetentionDoor({ platform }: DoorContext, router: Router): void {
  const { surroundings } = platform;
  let kept: { readonly atMs: number; readonly view: Promise<Result<RetentionView, string>> } | undefined;
  router.open(endpoints.retention, async () => {
    const nowMs = surroundings.nowMs();
    if (kept === undefined || nowMs - kept.atMs >= keptMs || nowMs < kept.atMs)
      kept = { atMs: nowMs, view: retentionOverview(platform, nowMs) };
    const { view } = kept;
    try {
      const counted = await view;
      return counted.ok ? ok(counted.value) : counted;
    } catch (error) {
      kept = undefined;
      throw error;
    }
  });
}
