// How people look: an initial on a colour that follows from their id.

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export const hueOf = (id) => Number.parseInt(id.slice(0, 6), 16) % 360 || 0;

export const initialOf = (name) => [...graphemes.segment(name)][0]?.segment.toUpperCase() ?? '?';

export function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) {
    node.className = className;
  }
  if (text !== undefined) {
    node.textContent = text;
  }
  return node;
}

export function paintAvatar(node, member) {
  node.textContent = initialOf(member.name);
  node.style.setProperty('--hue', hueOf(member.id));
  node.setAttribute('aria-hidden', 'true');
  return node;
}

export const avatar = (member) => paintAvatar(element('span', 'avatar'), member);
