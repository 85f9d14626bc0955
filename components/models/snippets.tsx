'use client';

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Tabs, TabPanel } from '@/components/ui/tabs';
import { type Signature } from '@/lib/registry';
import { sampleRequest } from './words';

const KINDS = [
  { value: 'curl', label: 'curl' },
  { value: 'python', label: 'Python' },
  { value: 'javascript', label: 'JavaScript' },
] as const;

/** Snippets show how a program calls the endpoint. @param base the gateway's address */
export function Snippets({ base, workspace, endpoint, signature }: { base: string; workspace: string; endpoint: string; signature: Signature }) {
  const [kind, setKind] = useState<string>('curl');
  const [copied, setCopied] = useState(false);
  const request = sampleRequest(signature);
  const url = `${base}/${workspace}/${'inputs' in request ? `v2/models/${endpoint}/infer` : `${endpoint}/invocations`}`;
  const texts: Record<string, string> = { curl: curl(url, request), python: python(url, request), javascript: javascript(url, request) };
  const copy = async () => {
    await navigator.clipboard.writeText(texts[kind] ?? '').then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <Tabs
      tabs={KINDS}
      value={kind}
      onChange={(next) => {
        setKind(next);
        setCopied(false);
      }}
      listClassName="px-4"
      end={
        <Button size="sm" onClick={() => void copy()}>
          {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
          {copied ? 'Copied' : 'Copy'}
        </Button>
      }
    >
      {KINDS.map(({ value }) => (
        <TabPanel key={value} value={value}>
          <pre className="mono overflow-x-auto px-4 py-3 text-12" tabIndex={0}>
            {texts[value]}
          </pre>
        </TabPanel>
      ))}
    </Tabs>
  );
}

/** spread writes a request over lines that people can read, behind `indent`. */
const spread = (request: object, indent = ''): string => JSON.stringify(request, null, 2).replaceAll('\n', `\n${indent}`);

const curl = (url: string, request: object) => `curl ${url} \\
  -H "authorization: Bearer $PENSTOCK_TOKEN" \\
  -H "content-type: application/json" \\
  -d '${spread(request).replaceAll("'", "'\\''")}'`;

const python = (url: string, request: object) => `import os, requests

answer = requests.post(
    "${url}",
    headers={"authorization": "Bearer " + os.environ["PENSTOCK_TOKEN"]},
    json=${pythonText(request)},
)
print(answer.json(), answer.headers["x-inference-id"])`;

const pythonText = (value: object): string => spread(value, '    ').replaceAll(/\btrue\b/g, 'True').replaceAll(/\bfalse\b/g, 'False').replaceAll(/\bnull\b/g, 'None');

const javascript = (url: string, request: object) => `const answer = await fetch('${url}', {
  method: 'POST',
  headers: { authorization: \`Bearer \${process.env.PENSTOCK_TOKEN}\`, 'content-type': 'application/json' },
  body: JSON.stringify(${spread(request, '  ')}),
});
console.log(await answer.json(), answer.headers.get('x-inference-id'));`;
