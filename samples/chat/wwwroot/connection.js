// One WebSocket that comes back by itself.
//
// Events (all CustomEvent): "state" with { state, retryAt? } where state is connecting, online or waiting; "open"; "frame" with the
// parsed message.

const FIRST_DELAY = 500;
const LONGEST_DELAY = 20_000;
const ANSWER_TIMEOUT = 10_000;

export class Connection extends EventTarget {
  #url;
  #socket = null;
  #failures = 0;
  #retryTimer = 0;
  #answerTimer = 0;

  constructor(url) {
    super();
    this.#url = url;
    addEventListener('online', () => this.retryNow());
    addEventListener('offline', () => this.#socket && this.#lost());
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  open() {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = 0;
    this.#tell('state', { state: 'connecting' });
    const socket = this.#socket = new WebSocket(this.#url);
    this.#expectAnswer();
    socket.onopen = () => {
      this.#answered();
      this.#tell('open');
    };
    socket.onmessage = ({ data }) => {
      this.#answered();
      let frame;
      try {
        frame = JSON.parse(data);
      } catch {
        return;
      }
      this.#tell('frame', frame);
    };
    socket.onclose = () => this.#lost();
  }

  // Called when the chat works again, not when the socket does: a back end that is down must not make us connect in a loop.
  settled() {
    this.#failures = 0;
    this.#tell('state', { state: 'online' });
  }

  // False when there is no open socket. With an answer expected, silence means that the connection is dead.
  send(message, { answer = true } = {}) {
    if (!this.isOpen) {
      return false;
    }
    this.#socket.send(JSON.stringify(message));
    if (answer) {
      this.#expectAnswer();
    }
    return true;
  }

  retryNow() {
    if (this.#retryTimer) {
      this.open();
    }
  }

  // Gives this connection up and comes back later.
  restart() {
    this.#lost();
  }

  #expectAnswer() {
    this.#answerTimer ||= setTimeout(() => this.#lost(), ANSWER_TIMEOUT);
  }

  #answered() {
    clearTimeout(this.#answerTimer);
    this.#answerTimer = 0;
  }

  #lost() {
    const socket = this.#socket;
    if (!socket) {
      return;
    }
    // Closing a dead connection can take minutes: leave it alone.
    this.#socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.#answered();
    // Jitter, so that everyone who lost the same server does not come back in the same instant.
    const ceiling = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#failures++);
    const delay = ceiling * (0.5 + Math.random() / 2);
    this.#retryTimer = setTimeout(() => this.open(), delay);
    this.#tell('state', { state: 'waiting', retryAt: Date.now() + delay });
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
