import { CircleDashed } from 'lucide-react';
import type { NodeLook } from '../look';

export const empty: NodeLook = { icon: () => CircleDashed, code: false, chips: () => [] };
