import { ProblemError, type FieldIssue } from '@/components/api/request';

/**
 * sendForm uploads a form and tells how far it is, which fetch cannot.
 * @param onProgress part of the bytes that are sent, 0 to 1
 * @throws ProblemError on every refusal
 */
export function sendForm<T>(url: string, form: FormData, onProgress: (part: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.setRequestHeader('accept', 'application/json');
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onerror = () => reject(new ProblemError(0, 'The upload broke off. Check that Penstock is running, then try again.'));
    request.onload = () => {
      const body = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) return resolve(body as T);
      const detail = typeof body.detail === 'string' ? body.detail : `The server answered ${request.status}.`;
      reject(new ProblemError(request.status, detail, Array.isArray(body.errors) ? (body.errors as FieldIssue[]) : []));
    };
    request.send(form);
  });
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
