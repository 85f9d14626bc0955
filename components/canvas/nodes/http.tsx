import { Globe } from 'lucide-react';
import type { NodeLook } from '../look';

export const http: NodeLook = {
  icon: () => Globe,
  code: true,
  chips: (task) => (task.config.output === 'json' ? ['json'] : []),
};
