// Keeps a page fresh, and says so when it is not. Without this script every page still works: it
// shows what was true when it was loaded.
'use strict';
(() => {
  const page = document.querySelector('[data-live]');
  if (!page) {
    return;
  }
  const QUIET = 15000; // nobody told us anything for so long: ask
  const line = document.getElementById('line');
  const aloud = document.getElementById('aloud');
  let asked = Date.now();
  let source = null;
  let withheld = false;

  const say = text => {
    if (line.textContent !== text) {
      line.textContent = text;
      line.hidden = text === '';
    }
  };
  const seenAt = () => document.getElementById('live')?.dataset.at ?? '';
  const old = why => say(`Not live: ${why}. What you see is of ${seenAt()} UTC; trying again.`);
  const refresh = () => {
    asked = Date.now();
    document.body.dispatchEvent(new Event('refresh'));
  };

  const listen = () => {
    if (source || document.hidden) {
      return; // a browser has six lines for all tabs: only the one in front holds one
    }
    source = new EventSource('/console/live');
    source.addEventListener('changed', refresh);
    source.addEventListener('outage', () => old('the database does not answer'));
    source.onerror = () => {
      if (source && source.readyState === EventSource.CLOSED) {
        hush(); // the timer below opens it again
      }
    };
  };
  const hush = () => {
    source?.close();
    source = null;
  };

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      hush();
    } else {
      refresh();
      listen();
    }
  });
  addEventListener('pagehide', hush);
  setInterval(() => {
    if (!document.hidden && Date.now() - asked > QUIET) {
      refresh();
      listen();
    }
  }, 3000);

  // A click is a press and a release on one and the same thing, which stays in between.
  document.body.addEventListener('htmx:beforeSwap', event => {
    if (document.querySelector('#live:active')) {
      event.detail.shouldSwap = false;
      withheld = true;
    }
  });
  addEventListener('pointerup', () => {
    if (withheld) {
      withheld = false;
      setTimeout(refresh); // when the click has been heard
    }
  }, true);

  document.body.addEventListener('htmx:afterRequest', event => {
    const status = event.detail.xhr.status;
    if (event.detail.successful) {
      say('');
      const said = document.getElementById('headline')?.textContent ?? '';
      if (aloud.textContent !== said) {
        aloud.textContent = said;
        document.title = `${said} · Reelkeeper`;
      }
    } else if (status === 401) {
      location.assign('/console/login?next=' + encodeURIComponent(location.pathname + location.search));
    } else if (status === 503) {
      old('the database does not answer');
    } else if (status === 0) {
      old('the service does not answer');
    } else if (status === 404) {
      old('this is not there any more');
    } else {
      old(`the service answers with an error (${status})`);
    }
  });
  aloud.textContent = document.getElementById('headline')?.textContent ?? '';
  listen();
})();
