import { Send } from 'lucide-react';
import type { NodeLook } from '../look';

export const notify: NodeLook = { icon: () => Send, code: false, chips: () => [] };
