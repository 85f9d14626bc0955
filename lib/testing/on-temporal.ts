import { inject } from 'vitest';

// workers that a test starts give their attempts to Temporal, as PENSTOCK_EXECUTOR says for a whole installation
process.env.PENSTOCK_EXECUTOR = 'temporal';
process.env.TEMPORAL_ADDRESS = inject('temporalServer');
