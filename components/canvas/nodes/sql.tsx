import { Braces } from 'lucide-react';
import { flat, type NodeLook } from '../look';

export const sql: NodeLook = { icon: () => Braces, code: true, line: (config) => flat(config.sql), chips: () => [] };
