import { Database, FileDown, Globe, Plug } from 'lucide-react';
import type { NodeLook } from '../look';

export const source: NodeLook = {
  icon: (config) => (config.dataset ? Database : config.url ? Globe : config.connection ? Plug : FileDown),
  code: true,
  chips: (task) => (typeof task.config.format === 'string' ? [task.config.format] : []),
};
