import { Connection } from './connection.js';
import { Log } from './log.js';
import { avatar, element, paintAvatar } from './people.js';

const $ = (id) => document.getElementById(id);

// Also keeps the connection from being idle for 10 minutes, when the gateway closes it.
const REFRESH_VISIBLE = 30_000;
const REFRESH_HIDDEN = 4 * 60_000;
const SEND_TIMEOUT = 12_000;
const TYPING_EVERY = 3_000;
const TYPING_SHOWN = 5_000;

const remembered = (key, make) => {
  try {
    const value = localStorage.getItem(key) ?? make?.();
    if (value) {
      localStorage.setItem(key, value);
    }
    return value ?? '';
  } catch {
    return make?.() ?? '';
  }
};
const remember = (key, value) => {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Private windows may have no storage. The name then lives as long as the page.
  }
};
const randomId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');

const chat = {
  settings: null,
  connection: null,
  key: remembered('chat.key', randomId),
  name: remembered('chat.name'),
  room: decodeURIComponent(location.hash.slice(1)) || remembered('chat.room') || 'lobby',
  joined: null, // the room that the back end says we are in
  me: null,
  presence: { version: 0, count: 0, members: [] },
  rooms: [],
  seen: new Map(), // room → newest message we know of
  outbox: [], // what the back end has not confirmed
  typing: new Map(),
  unseen: 0,
};

const log = new Log({ node: $('log'), empty: $('empty'), toEnd: $('to-end'), toEndText: $('to-end-text'), onRetry: sendAgain });

// ---- Talking to the back end -------------------------------------------------------------------------------------------------

function join() {
  chat.connection.send({ action: 'join', room: chat.room, name: chat.name, key: chat.key });
}

const handlers = {
  joined(frame) {
    if (frame.room !== chat.room) {
      return;
    }
    chat.joined = frame.room;
    chat.me = frame.you;
    chat.presence = frame.presence;
    remember('chat.room', frame.room);
    // With a hole between what is shown and what came, showing both as one would be a lie.
    if (frame.messages.length > 0 && log.latest && frame.messages[0].seq > log.latest && frame.messages.length >= 50) {
      log.clear();
    }
    log.fill(frame.messages, chat.me.id);
    markSeen(frame.room, frame.messages.at(-1)?.seq ?? 0);
    showMe();
    showPresence();
    showRooms(frame.rooms);
    chat.connection.settled();
    for (const message of chat.outbox.filter((m) => m.room === frame.room)) {
      log.put(message, chat.me.id);
      if (message.state === 'sending') {
        transmit(message);
      }
    }
  },

  message(frame) {
    const at = chat.outbox.findIndex((m) => m.id === frame.message.id && frame.message.from.id === chat.me?.id);
    if (at >= 0) {
      clearTimeout(chat.outbox[at].timer);
      chat.outbox.splice(at, 1);
    }
    markSeen(frame.room, frame.message.seq);
    if (frame.room !== chat.joined) {
      return;
    }
    chat.typing.delete(frame.message.from.id);
    showTyping();
    if (log.put(frame.message, chat.me.id) && document.hidden) {
      chat.unseen++;
      showTitle();
    }
  },

  presence(frame) {
    if (frame.room !== chat.joined) {
      return;
    }
    for (const note of frame.notes) {
      log.note(note.kind === 'renamed' ? `${note.was} is now ${note.name}` : `${note.name} ${note.kind}`);
    }
    takePresence(frame.presence);
  },

  who(frame) {
    if (frame.room !== chat.joined) {
      return;
    }
    takePresence(frame.presence);
    showRooms(frame.rooms);
    // A push may have been lost: fetch what is missing.
    if ((frame.rooms.find((r) => r.name === frame.room)?.latest ?? 0) > log.latest) {
      join();
    }
  },

  renamed(frame) {
    chat.me = frame.you;
    showMe();
  },

  typing(frame) {
    if (frame.room !== chat.joined || frame.member.id === chat.me.id) {
      return;
    }
    clearTimeout(chat.typing.get(frame.member.id)?.timer);
    const timer = setTimeout(() => {
      chat.typing.delete(frame.member.id);
      showTyping();
    }, TYPING_SHOWN);
    chat.typing.set(frame.member.id, { name: frame.member.name, timer });
    showTyping();
  },

  error(frame) {
    const message = chat.outbox.find((m) => m.id === frame.id);
    switch (frame.code) {
      case 'reconnect':
        chat.connection.restart();
        break;
      case 'wrongRoom':
      case 'notJoined':
        // Written for a room that we are about to enter; it goes out again then.
        break;
      default:
        if (message) {
          fail(message);
        }
        toast(frame.message);
        // A room or name that is refused must not leave us nowhere.
        if (!chat.joined || chat.joined !== chat.room) {
          frame.code === 'badName' ? askName() : enter(chat.joined ?? 'lobby');
        }
    }
  },
};

function onFrame({ detail: frame }) {
  const handler = Object.hasOwn(handlers, frame?.type ?? '') ? handlers[frame.type] : null;
  if (handler) {
    handler(frame);
  } else if (frame?.message && frame.requestId) {
    // The gateway's own error frame: the back end did not answer. Which message it was about it does not say.
    toast('The chat does not answer just now.');
    if (chat.joined !== chat.room) {
      chat.connection.restart();
    }
  }
}

function transmit(message) {
  clearTimeout(message.timer);
  if (chat.joined === message.room && chat.connection.send({ action: 'sendMessage', room: message.room, id: message.id, text: message.text })) {
    message.timer = setTimeout(() => fail(message), SEND_TIMEOUT);
  }
}

function fail(message) {
  clearTimeout(message.timer);
  message.state = 'failed';
  if (message.room === chat.room) {
    log.put(message, chat.me.id);
  }
}

function sendAgain(message) {
  message.state = 'sending';
  log.put(message, chat.me.id);
  transmit(message);
}

function refresh() {
  if (chat.joined === chat.room) {
    chat.connection.send({ action: 'who' });
  }
}

function scheduleRefresh() {
  clearTimeout(chat.refreshTimer);
  chat.refreshTimer = setTimeout(() => {
    refresh();
    scheduleRefresh();
  }, document.hidden ? REFRESH_HIDDEN : REFRESH_VISIBLE);
}

// ---- Showing ------------------------------------------------------------------------------------------------------------------

function showState({ detail }) {
  const { state, retryAt } = detail;
  clearInterval(chat.countdown);
  $('state').dataset.state = state;
  $('state-text').textContent = { connecting: 'Connecting…', online: 'Online', waiting: 'Offline' }[state];
  $('my-state').textContent = $('state-text').textContent;
  if (state === 'waiting') {
    chat.joined = null;
    chat.wasLost = true;
    for (const message of chat.outbox) {
      clearTimeout(message.timer);
    }
  }
  // The first attempt needs no banner, and a reconnect keeps it until we are back.
  $('banner').hidden = state === 'online' || !chat.wasLost;
  $('retry').hidden = state !== 'waiting';
  const tick = () => {
    const seconds = Math.ceil((retryAt - Date.now()) / 1000);
    $('banner-text').textContent = state === 'waiting' ? `Connection lost, retry in ${Math.max(1, seconds)} s` : 'Reconnecting…';
  };
  tick();
  if (state === 'waiting') {
    chat.countdown = setInterval(tick, 500);
  }
}

function showMe() {
  $('me').hidden = false;
  paintAvatar($('my-avatar'), chat.me);
  $('my-name').textContent = chat.me.name;
}

function takePresence(presence) {
  if (presence.version >= chat.presence.version) {
    chat.presence = presence;
    showPresence();
    showRooms(chat.rooms.map((room) => (room.name === chat.joined ? { ...room, online: presence.count } : room)));
  }
}

function showPresence() {
  const { count, members } = chat.presence;
  $('people-count').textContent = count;
  $('people-badge').textContent = count;
  document.querySelector('[data-open="people"]').setAttribute('aria-label', `Who is here: ${count}`);
  $('room-subtitle').textContent = count === 1 ? 'Only you are here' : `${count} people here`;
  $('people').replaceChildren(...members.map((member) => {
    const item = element('li', 'person');
    item.append(avatar(member), element('span', 'name', member.name));
    if (member.id === chat.me?.id) {
      item.append(element('span', 'you', 'you'));
    }
    return item;
  }));
  if (count > members.length) {
    $('people').append(element('li', 'person', `and ${count - members.length} more`));
  }
}

function showRooms(rooms) {
  chat.rooms = rooms;
  const list = rooms.some((r) => r.name === chat.room) ? rooms : [...rooms, { name: chat.room, online: 0, latest: 0 }];
  const focused = document.activeElement?.dataset.room;
  $('rooms').replaceChildren(...list.map((room) => {
    const item = element('li');
    const button = element('button', 'room');
    button.type = 'button';
    button.dataset.room = room.name;
    const isUnread = room.name !== chat.room && room.latest > (chat.seen.get(room.name) ?? room.latest);
    button.setAttribute('aria-current', room.name === chat.room);
    button.setAttribute('aria-label', `${room.name}, ${room.online} here${isUnread ? ', new messages' : ''}`);
    button.append(element('span', 'hash', '#'), element('span', 'name', room.name));
    if (isUnread) {
      button.append(element('span', 'unread'));
    }
    if (room.online) {
      button.append(element('span', 'online', room.online));
    }
    item.append(button);
    if (!chat.seen.has(room.name)) {
      chat.seen.set(room.name, room.latest);
    }
    return item;
  }));
  if (focused) {
    $('rooms').querySelector(`[data-room="${CSS.escape(focused)}"]`)?.focus();
  }
}

function markSeen(room, seq) {
  chat.seen.set(room, Math.max(seq, chat.seen.get(room) ?? 0));
}

function showTyping() {
  const names = [...chat.typing.values()].map((t) => t.name);
  $('typing').replaceChildren();
  if (names.length > 0) {
    const dots = element('span', 'dots');
    dots.append(element('i'), element('i'), element('i'));
    const who = names.length > 2 ? 'Several people are' : names.length === 2 ? `${names[0]} and ${names[1]} are` : `${names[0]} is`;
    $('typing').append(dots, `${who} typing…`);
  }
}

function showRoom() {
  $('room-name').textContent = chat.room;
  $('text').placeholder = `Message #${chat.room}`;
  $('text-label').textContent = `Message to ${chat.room}`;
  showTitle();
}

function showTitle() {
  document.title = `${chat.unseen ? `(${chat.unseen}) ` : ''}#${chat.room} · Chat`;
}

function toast(text) {
  if ([...$('toasts').children].some((t) => t.textContent === text)) {
    return;
  }
  const node = element('div', 'toast', text);
  $('toasts').append(node);
  setTimeout(() => node.remove(), 4_000);
}

// ---- What people do -----------------------------------------------------------------------------------------------------------

function enter(room) {
  closeDrawer();
  if (room === chat.room && chat.joined === room) {
    return;
  }
  chat.room = room;
  chat.typing.clear();
  log.clear();
  $('empty').hidden = true;
  showTyping();
  showRoom();
  showRooms(chat.rooms);
  history.replaceState(null, '', `#${encodeURIComponent(room)}`);
  join();
}

function submit() {
  const text = $('text').value.trim();
  if (!text || text.length > chat.settings.maxMessageLength || !chat.me) {
    return;
  }
  const message = { room: chat.room, id: randomId(), text, from: chat.me, at: Date.now(), state: 'sending' };
  chat.outbox.push(message);
  log.put(message, chat.me.id);
  transmit(message);
  $('text').value = '';
  chat.toldTyping = 0;
  onInput();
}

function onInput() {
  const text = $('text');
  text.style.height = 'auto';
  text.style.height = `${text.scrollHeight}px`;
  const left = chat.settings.maxMessageLength - text.value.trim().length;
  $('counter').hidden = left > 200;
  $('counter').textContent = left;
  $('counter').classList.toggle('over', left < 0);
  $('send').disabled = !text.value.trim() || left < 0;
}

function onTyping() {
  onInput();
  const now = Date.now();
  if ($('text').value.trim() && chat.joined === chat.room && now - (chat.toldTyping ?? 0) > TYPING_EVERY) {
    chat.toldTyping = now;
    chat.connection.send({ action: 'typing' }, { answer: false });
  }
}

function askName() {
  const isNew = !chat.name;
  $('welcome-title').textContent = isNew ? 'What should we call you?' : 'Change your name';
  $('welcome-ok').textContent = isNew ? 'Enter the chat' : 'Save';
  $('welcome-cancel').hidden = isNew;
  $('nickname').value = chat.name;
  $('nickname').maxLength = chat.settings.maxNameLength;
  if (!$('welcome').open) {
    $('welcome').showModal();
  }
  $('nickname').select();
}

function takeName(event) {
  const name = $('nickname').value.replace(/\s+/g, ' ').trim();
  if (!name) {
    event.preventDefault();
    $('nickname').value = '';
    $('nickname').reportValidity();
    return;
  }
  const isNew = !chat.name;
  chat.name = name;
  remember('chat.name', name);
  if (isNew) {
    chat.connection.open();
  } else if (chat.joined) {
    chat.connection.send({ action: 'rename', name });
  } else {
    join();
  }
  if (matchMedia('(pointer: fine)').matches) {
    $('text').focus();
  }
}

const drawers = { rooms: '(max-width: 759.98px)', people: '(max-width: 1079.98px)' };
let drawerOpener = null;

function openDrawer(name, opener) {
  drawerOpener = opener;
  document.querySelector('.app').dataset.drawer = name;
  opener.setAttribute('aria-expanded', 'true');
  $('chat').inert = true;
  $(`${name}-panel`).querySelector('[data-close]').focus();
  refresh();
}

function closeDrawer() {
  const app = document.querySelector('.app');
  if (!app.dataset.drawer) {
    return;
  }
  delete app.dataset.drawer;
  $('chat').inert = false;
  drawerOpener?.setAttribute('aria-expanded', 'false');
  drawerOpener?.focus();
}

function listen() {
  $('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
    $('text').focus();
  });
  $('text').addEventListener('input', onTyping);
  $('text').addEventListener('keydown', (event) => {
    // On a touch keyboard Enter is the only way to a new line.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && matchMedia('(pointer: fine)').matches) {
      event.preventDefault();
      submit();
    }
  });
  $('rooms').addEventListener('click', (event) => {
    const button = event.target.closest('[data-room]');
    if (button) {
      enter(button.dataset.room);
    }
  });
  $('new-room').addEventListener('submit', (event) => {
    event.preventDefault();
    const room = $('new-room-name').value.trim().toLowerCase().replace(/\s+/g, '-');
    if (!room) {
      return;
    }
    $('new-room-name').value = '';
    enter(room);
  });
  $('change-name').addEventListener('click', askName);
  $('welcome-form').addEventListener('submit', takeName);
  $('welcome-cancel').addEventListener('click', () => $('welcome').close());
  $('welcome').addEventListener('cancel', (event) => !chat.name && event.preventDefault());
  $('retry').addEventListener('click', () => chat.connection.retryNow());
  for (const opener of document.querySelectorAll('[data-open]')) {
    opener.addEventListener('click', () => openDrawer(opener.dataset.open, opener));
  }
  for (const closer of document.querySelectorAll('[data-close]')) {
    closer.addEventListener('click', closeDrawer);
  }
  addEventListener('keydown', (event) => event.key === 'Escape' && closeDrawer());
  for (const query of Object.values(drawers)) {
    matchMedia(query).addEventListener('change', closeDrawer);
  }
  addEventListener('hashchange', () => enter(decodeURIComponent(location.hash.slice(1)) || 'lobby'));
  document.addEventListener('visibilitychange', () => {
    scheduleRefresh();
    if (!document.hidden) {
      chat.unseen = 0;
      showTitle();
      chat.connection.retryNow();
      // A phone that slept finds out at once whether its connection did too.
      refresh();
    }
  });
}

async function loadSettings() {
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await fetch('settings.json');
      if (response.ok) {
        return await response.json();
      }
    } catch {
      // Tried again below.
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(10_000, 500 * 2 ** attempt) * (0.5 + Math.random() / 2)));
  }
}

chat.settings = await loadSettings();
chat.connection = new Connection(chat.settings.socket);
chat.connection.addEventListener('state', showState);
chat.connection.addEventListener('open', join);
chat.connection.addEventListener('frame', onFrame);
$('new-room-name').maxLength = chat.settings.maxRoomLength;
showRoom();
listen();
scheduleRefresh();
if (chat.name) {
  chat.connection.open();
} else {
  askName();
}
