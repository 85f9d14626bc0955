import { assignVariant } from '@/lib/rollout';
import { runRouter } from '@/lib/serving/process';

/** A routing process of the gateway, started by the gateway's supervisor. */
runRouter(assignVariant);
