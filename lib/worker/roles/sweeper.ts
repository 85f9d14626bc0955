import { systemClock, type Clock } from '@/lib/core/clock';
import { notify } from '@/lib/db/notify';
import {
  FAN_OUT_MS, FAN_OUTS_DUE, foldShares, LEASES_DUE, overdueAttempts, RETRIES_DUE, sampleSlots, SHARES_OPEN, SLOTS_WANTED, tellOldFanOuts, wakeRetries,
} from '@/lib/dispatch/server';
import {
  APPROVALS_DUE, endLostAttempt, ENDS_TO_TELL, expireApprovals, failQueuedTooLong, HELD_TASKS, LEFT_OVERS, QUEUE_TIMEOUTS_DUE,
  releaseHeldRuns, releaseWaitingRuns, RUNS_OVER_LIMIT, settleLeftOver, tellEndedRuns,
} from '@/lib/runs/server';
import { type Duty } from '../watch';

/** What stays due although somebody looked is looked at this often, in milliseconds. */
const LEFT_OVER_MS = 15_000;
const HELD_MS = 15_000;
const LIMIT_MS = 15_000;
const SHARES_MS = 5_000;
const SAMPLE_MS = 15_000;

/**
 * sweeperDuties do what nobody else is left to do, each within one look of its time: ready tasks whose retry delay is over, fail those
 * that waited in the queue too long, end attempts whose lease ran out, tell channels of ended runs, let approvals expire, settle runs that
 * a crash left between two commits. Any number of processes may do it: every write is fenced or conditional.
 */
export function sweeperDuties(leaseSeconds: number, clock: Clock = systemClock) {
  return {
    // a worker that recorded a retry wakes it itself: the look is for those whose worker is gone
    retries: {
      due: RETRIES_DUE,
      restMs: 0,
      perform: async () => {
        if ((await wakeRetries(clock())) > 0) notify({ topic: 'work' });
      },
    },
    fanOuts: {
      due: FAN_OUTS_DUE,
      restMs: 0,
      perform: async () => {
        if ((await tellOldFanOuts(FAN_OUT_MS)) > 0) notify({ topic: 'work' });
      },
    },
    queueTimeouts: { due: QUEUE_TIMEOUTS_DUE, restMs: 0, perform: () => failQueuedTooLong(clock()) },
    lost: {
      due: LEASES_DUE,
      restMs: 0,
      perform: async () => {
        for (const lost of await overdueAttempts(100, leaseSeconds)) await endLostAttempt(lost, clock());
      },
    },
    ends: { due: ENDS_TO_TELL, restMs: 0, perform: () => tellEndedRuns(clock()) },
    approvals: { due: APPROVALS_DUE, restMs: 0, perform: () => expireApprovals(clock()) },
    leftOver: { due: LEFT_OVERS, restMs: LEFT_OVER_MS, perform: settleLeftOver },
    limits: { due: RUNS_OVER_LIMIT, restMs: LIMIT_MS, perform: releaseWaitingRuns },
    held: { due: HELD_TASKS, restMs: HELD_MS, perform: releaseHeldRuns },
    shares: { due: SHARES_OPEN, restMs: SHARES_MS, perform: foldShares },
    samples: { due: SLOTS_WANTED, restMs: SAMPLE_MS, perform: sampleSlots },
  } satisfies Record<string, Duty>;
}
