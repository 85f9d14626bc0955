import { Terminal } from 'lucide-react';
import type { NodeLook } from '../look';

export const shell: NodeLook = { icon: () => Terminal, code: true, chips: () => [] };
