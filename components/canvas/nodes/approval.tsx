import { UserCheck } from 'lucide-react';
import { listed, type NodeLook } from '../look';

export const approval: NodeLook = {
  icon: () => UserCheck,
  code: false,
  chips: (task) => {
    const named = listed(task.config.approvers).length;
    return [...(named > 0 ? [`${named} named`] : []), ...(task.config.notAuthor === true ? ['second person'] : [])];
  },
};
