import { Workflow } from 'lucide-react';
import type { NodeLook } from '../look';

export const subpipeline: NodeLook = {
  icon: () => Workflow,
  code: true,
  chips: (task) => (task.config.wait === false ? ['no wait'] : []),
};
