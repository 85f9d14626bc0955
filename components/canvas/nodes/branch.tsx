import { Split } from 'lucide-react';
import { listed, type NodeLook } from '../look';

export const branch: NodeLook = {
  icon: () => Split,
  code: true,
  chips: (task) => {
    const cases = listed(task.config.cases).length;
    return cases > 1 ? [`${cases} cases`] : [];
  },
};
