'use client';

import { createContext, use } from 'react';

/** NonceContext carries the request's content security nonce to parts that write style elements (the code editor). */
export const NonceContext = createContext<string | undefined>(undefined);

/** useNonce returns the request's nonce, undefined without a policy. */
export const useNonce = () => use(NonceContext);
