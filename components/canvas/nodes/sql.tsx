import { Braces } from 'lucide-react';
import type { NodeLook } from '../look';

export const sql: NodeLook = { icon: () => Braces, code: true, chips: () => [] };
