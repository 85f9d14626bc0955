import { ProblemError, workspaceUrl } from '@/components/api/request';
import { plainText } from './ansi';
import { logPath, type LogOf } from './use-log';

/** wholeLog reads a log as text, with a time before each line. @throws ProblemError */
export async function wholeLog(workspace: string, of: LogOf): Promise<Blob> {
  const url = workspaceUrl(workspace, logPath(of), { attempt: of.attempt, mapIndex: of.mapIndex });
  const response = await fetch(url, { headers: { accept: 'text/plain' } });
  if (!response.ok) throw new ProblemError(response.status, 'The log could not be read. Try again.');
  return response.blob();
}

/** saveLog downloads a log as a file. @throws ProblemError */
export async function saveLog(workspace: string, of: LogOf): Promise<void> {
  const url = URL.createObjectURL(await wholeLog(workspace, of));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${of.taskId}-try-${of.attempt}.log`;
  link.click();
  URL.revokeObjectURL(url);
}

/** copyLog puts a log, without colours, on the clipboard. @throws ProblemError */
export async function copyLog(workspace: string, of: LogOf): Promise<void> {
  const text = await (await wholeLog(workspace, of)).text();
  await navigator.clipboard.writeText(text.split('\n').map(plainText).join('\n'));
}
