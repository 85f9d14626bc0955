import { ShieldCheck } from 'lucide-react';
import { listed, type NodeLook } from '../look';

export const check: NodeLook = {
  icon: () => ShieldCheck,
  code: false,
  chips: (task) => {
    const rules = listed(task.config.checks).length;
    return rules > 0 ? [rules === 1 ? '1 rule' : `${rules} rules`] : [];
  },
};
