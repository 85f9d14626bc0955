import { workspaceUrl } from '@/components/api/request';

/**
 * sendFile uploads one file byte for byte and says how far it is.
 * @param onPart hears the share sent, 0 to 1
 * @throws Error with the sentence to show
 */
export function sendFile(workspace: string, path: string, file: File, onPart: (share: number) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    // fetch does not tell how much of a body was sent
    const call = new XMLHttpRequest();
    call.open('POST', workspaceUrl(workspace, '/files', { path }));
    call.setRequestHeader('content-type', 'application/octet-stream');
    call.upload.onprogress = (event) => {
      if (event.lengthComputable) onPart(event.loaded / event.total);
    };
    call.onload = () => (call.status < 300 ? resolve() : reject(new Error(refusalOf(call.status, call.responseText))));
    call.onerror = () => reject(new Error('The connection broke during the upload. Check that you are online, then try again.'));
    call.onabort = () => reject(new Error('Stopped. Nothing of it was kept.'));
    signal.addEventListener('abort', () => call.abort());
    call.send(file);
  });
}

/** refusalOf finds the sentence in the server's answer. */
export function refusalOf(status: number, body: string): string {
  try {
    const { detail } = JSON.parse(body) as { detail?: unknown };
    if (typeof detail === 'string' && detail !== '') return detail;
  } catch {
    // a proxy's own page is no JSON
  }
  return status === 413 ? 'It is too large for this server.' : `The server answered ${status}.`;
}
