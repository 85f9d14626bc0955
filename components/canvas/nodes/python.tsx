import { Code } from 'lucide-react';
import { listed, type NodeLook } from '../look';

export const python: NodeLook = {
  icon: () => Code,
  code: true,
  chips: (task) => {
    const packages = listed(task.config.requirements).length;
    return packages > 0 ? [`${packages} pkg`] : [];
  },
};
