// The messages of one room: sorted, each shown once, grouped by author and day.

import { avatar, element, hueOf } from './people.js';

const MAX_ROWS = 500;
const GROUP_GAP = 5 * 60_000;
const NEAR_END = 80;

const timeFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const dayFormat = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const fullFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'medium' });

export class Log {
  #node;
  #empty;
  #toEnd;
  #toEndText;
  #rows = new Map(); // by author's id and message id
  #unseen = 0;
  #onRetry;

  constructor({ node, empty, toEnd, toEndText, onRetry }) {
    this.#node = node;
    this.#empty = empty;
    this.#toEnd = toEnd;
    this.#toEndText = toEndText;
    this.#onRetry = onRetry;
    toEnd.addEventListener('click', () => this.scrollToEnd());
    node.addEventListener('scroll', () => this.#updateToEnd(), { passive: true });
    // A keyboard that opens or a composer that grows must not hide what was in view.
    let height = node.clientHeight;
    new ResizeObserver(() => {
      const wasAtEnd = node.scrollHeight - node.scrollTop - height < NEAR_END;
      height = node.clientHeight;
      if (wasAtEnd) {
        this.scrollToEnd();
      }
    }).observe(node);
  }

  // The newest message from the server, 0 when there is none.
  get latest() {
    let latest = 0;
    for (const { message } of this.#rows.values()) {
      latest = Math.max(latest, message.seq ?? 0);
    }
    return latest;
  }

  clear() {
    this.#rows.clear();
    this.#node.replaceChildren();
    this.#unseen = 0;
    this.#update();
  }

  // A whole history at once: not read out message by message, and the end of it in view.
  fill(messages, myId) {
    this.#node.setAttribute('aria-busy', 'true');
    for (const message of messages) {
      this.#put(message, myId, false);
    }
    this.#node.removeAttribute('aria-busy');
    this.#unseen = 0;
    this.#update();
    this.scrollToEnd();
  }

  // Shows a message, or brings the one that is shown up to date. True when it was new.
  put(message, myId) {
    const wasAtEnd = this.#isAtEnd();
    const isNew = this.#put(message, myId, true);
    if (wasAtEnd || (isNew && message.state)) {
      this.scrollToEnd();
    } else if (isNew) {
      this.#unseen++;
    }
    this.#update();
    return isNew;
  }

  note(text) {
    const wasAtEnd = this.#isAtEnd();
    // One line that grows, not a page of comings and goings.
    const last = this.#lastBefore(Infinity);
    if (last?.classList.contains('note') && last.textContent.length < 120) {
      last.textContent += ` · ${text}`;
    } else {
      // Its place is under the message after which it came, also when one from before that comes late.
      const row = element('div', 'row note fresh', text);
      this.#insert(row, this.latest);
      this.#group(this.#nextMessage(row));
    }
    if (wasAtEnd) {
      this.scrollToEnd();
    }
    this.#update();
  }

  scrollToEnd() {
    this.#node.scrollTop = this.#node.scrollHeight;
    this.#unseen = 0;
    this.#updateToEnd();
  }

  #put(message, myId, fresh) {
    const key = `${message.from.id} ${message.id}`;
    const known = this.#rows.get(key);
    if (known?.message.seq && known.message.seq === message.seq) {
      return false;
    }
    const mine = message.from.id === myId;
    const row = this.#render(message, mine);
    row.classList.toggle('fresh', fresh && !known);
    // Moves when the server gave it its place.
    known?.row.remove();
    this.#rows.set(key, { message, row });
    this.#place(row, message.seq ?? Infinity);
    this.#trim();
    return !known;
  }

  #place(row, order) {
    this.#insert(row, order);
    this.#group(row);
    this.#group(this.#nextMessage(row));
  }

  // Rows stand by their order, and those of one order as they came. What has no place yet stands at the end.
  #insert(row, order) {
    row.order = order;
    let before = this.#node.lastElementChild;
    while (before && before.order > order) {
      before = before.previousElementSibling;
    }
    before ? before.after(row) : this.#node.prepend(row);
  }

  #lastBefore(order) {
    let row = this.#node.lastElementChild;
    while (row && row.order >= order) {
      row = row.previousElementSibling;
    }
    return row;
  }

  #nextMessage(row) {
    let next = row.nextElementSibling;
    while (next?.classList.contains('note')) {
      next = next.nextElementSibling;
    }
    return next;
  }

  #group(row) {
    if (!row) {
      return;
    }
    const previous = row.previousElementSibling;
    const touching = previous && !previous.classList.contains('note') ? previous : null;
    let earlier = previous;
    while (earlier?.classList.contains('note')) {
      earlier = earlier.previousElementSibling;
    }
    const newDay = !earlier || new Date(earlier.at).toDateString() !== new Date(row.at).toDateString();
    row.querySelector('.day')?.remove();
    if (newDay) {
      row.prepend(element('div', 'day', dayName(row.at)));
    }
    row.classList.toggle('follow', !newDay && touching?.author === row.author && row.at - touching.at < GROUP_GAP);
  }

  #render(message, mine) {
    const row = element('div', 'row');
    row.classList.toggle('mine', mine);
    row.classList.toggle('pending', message.state === 'sending');
    row.classList.toggle('failed', message.state === 'failed');
    row.author = `${message.from.id} ${message.from.name}`;
    row.at = message.at;

    const box = element('div', 'message');
    box.style.setProperty('--hue', hueOf(message.from.id));
    const bubble = element('div', 'bubble');
    const text = element('span', 'text');
    appendLinked(text, message.text);
    const meta = element('span', 'meta');
    const time = element('time', '', timeFormat.format(message.at));
    time.dateTime = new Date(message.at).toISOString();
    time.title = fullFormat.format(message.at);
    meta.append(time);
    if (mine) {
      const words = { sending: ['○', 'Sending'], failed: ['!', 'Not sent'] }[message.state] ?? ['✓', 'Sent'];
      const mark = element('span', 'mark', words[0]);
      mark.setAttribute('role', 'img');
      mark.setAttribute('aria-label', words[1]);
      meta.append(mark);
    }
    bubble.append(text, meta);
    box.append(avatar(message.from), element('div', 'author', message.from.name), bubble);
    if (message.state === 'failed') {
      const again = element('button', 'again', 'Not sent. Try again');
      again.type = 'button';
      again.addEventListener('click', () => this.#onRetry(message));
      box.append(again);
    }
    row.append(box);
    return row;
  }

  #trim() {
    while (this.#node.childElementCount > MAX_ROWS) {
      const first = this.#node.firstElementChild;
      first.remove();
      for (const [key, { row }] of this.#rows) {
        if (row === first) {
          this.#rows.delete(key);
        }
      }
    }
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#node;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  #update() {
    this.#empty.hidden = this.#rows.size > 0 || this.#node.childElementCount > 0;
    this.#updateToEnd();
  }

  #updateToEnd() {
    if (this.#isAtEnd()) {
      this.#unseen = 0;
    }
    this.#toEnd.hidden = this.#isAtEnd();
    this.#toEndText.textContent = this.#unseen ? `${this.#unseen} new` : 'Newest';
  }
}

function dayName(at) {
  const day = new Date(at).toDateString();
  const now = new Date();
  if (day === now.toDateString()) {
    return 'Today';
  }
  now.setDate(now.getDate() - 1);
  return day === now.toDateString() ? 'Yesterday' : dayFormat.format(at);
}

// Text stays text. Only what is an http(s) address becomes a link, and the address is what is shown.
function appendLinked(node, text) {
  let end = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g)) {
    if (!URL.canParse(match[0])) {
      continue;
    }
    const link = element('a', '', match[0]);
    link.href = match[0];
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
    node.append(text.slice(end, match.index), link);
    end = match.index + match[0].length;
  }
  node.append(text.slice(end));
}
