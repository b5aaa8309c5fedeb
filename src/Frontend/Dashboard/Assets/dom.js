// Elements by their parts. Text is always text: nothing here reads markup.

const SvgNamespace = 'http://www.w3.org/2000/svg';

/**
 * Makes an element.
 * @param {string} tag its name.
 * @param {object} [props] attributes; `class`, `dataset`, and `onEvent` for a listener. `true` is an empty attribute; false, null and undefined are none.
 *   `value` and `checked` are set as properties.
 * @param {...(Node|string|number|null|undefined|false|Array)} children what it holds; null, undefined and false are left out.
 */
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** Makes an element of SVG, as {@link h}. */
export function svg(tag, props, ...children) {
  return fill(document.createElementNS(SvgNamespace, tag), props, children);
}

/** Puts children in place of whatever an element holds. */
export function put(element, ...children) {
  element.replaceChildren(...nodes(children));
  return element;
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2).toLowerCase(), value);
    else if (name === 'dataset') Object.assign(element.dataset, value);
    else if (name === 'value' || name === 'checked') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...nodes(children));
  // A select knows its choices only now.
  if (props?.value !== undefined && element.localName === 'select') element.value = props.value;
  return element;
}

function nodes(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));
}
