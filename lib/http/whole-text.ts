const texts = new WeakMap<Response, string>();

/** textResponse is `new Response(text)` whose text can be had again without reading it as a stream, which costs more than the answer. */
export function textResponse(text: string | null, init: ResponseInit): Response {
  const response = new Response(text, init);
  if (text !== null) texts.set(response, text);
  return response;
}

/** wholeText is the text of a textResponse; undefined for every other response. */
export const wholeText = (response: Response): string | undefined => texts.get(response);
