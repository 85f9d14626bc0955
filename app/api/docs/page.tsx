import type { Metadata } from 'next';
import { ROUTES } from '@/app/api/v1/manifest';
import { ApiReference } from '@/components/access/api-reference';
import { openApiDocument } from '@/lib/http/openapi';

export const metadata: Metadata = { title: 'API' };

/** ApiDocsPage shows the OpenAPI document for reading. */
export default function ApiDocsPage() {
  return <ApiReference document={openApiDocument(ROUTES)} />;
}
