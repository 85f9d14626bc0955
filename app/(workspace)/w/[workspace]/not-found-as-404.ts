import { notFound } from 'next/navigation';
import { AppError } from '@/lib/core/errors';

/** notFoundAs404 lets a service's "not found" show the page for it; every other error goes on. */
export async function notFoundAs404<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  }
}
