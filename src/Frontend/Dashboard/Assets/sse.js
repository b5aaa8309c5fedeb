// Server-sent events of an answer that is read with fetch, which EventSource cannot send a body or a key for.

/**
 * Takes text apart into events. A text may end anywhere: within a line, between the two characters of a line's end, within an event.
 * @param {(event: {event: string, data: string}) => void} on is called for each whole event.
 * @returns {(text: string) => void} to be given what came.
 */
export function eventReader(on) {
  let rest = '';
  let isAfterReturn = false;
  let event = '';
  let data = [];

  const line = (text) => {
    if (text === '') {
      if (data.length > 0) on({ event: event || 'message', data: data.join('\n') });
      event = '';
      data = [];
      return;
    }
    const colon = text.indexOf(':');
    const name = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') data.push(value);
    else if (name === 'event') event = value;
  };

  return (text) => {
    // A line that ended with the last piece's \r is not ended again by this one's \n.
    rest += isAfterReturn && text.startsWith('\n') ? text.slice(1) : text;
    if (text !== '') isAfterReturn = text.endsWith('\r');
    const lines = rest.split(/\r\n|\n|\r/);
    rest = lines.pop();
    lines.forEach(line);
  };
}

/**
 * Reads a response to its end. Characters that two pieces share are put together again.
 * @param {Response} response
 * @param {(event: {event: string, data: string}) => void} on
 */
export async function readEvents(response, on) {
  const read = eventReader(on);
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    read(decoder.decode(value, { stream: true }));
  }
}
