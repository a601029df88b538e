/* Reelkeeper page probe. First in <head>, without async or defer:
     <script src="https://reelkeeper.example/page/probe.js"></script>
   Tells the service that records this page that it has loaded, then that it is well; else silent.
   The page may set, each a value, a promise or a function:
     reelkeeperReady: false or an error = not yet, asked again every second
     reelkeeperAlive: false or an error = not well, nothing is said */
(w => {
  try {
    const key = "reelkeeper", every = 15000;
    let to = new URL(w.location).searchParams.get(key);
    try { // the page may move on to other addresses
      if (to) w.sessionStorage.setItem(key, to);
      else if (w.top === w) to = w.sessionStorage.getItem(key);
    } catch (e) {}
    if (!/^https?:/.test(to)) return;
    const soon = what => Promise.resolve().then(what);
    const is = name => soon(() => typeof w[name] === "function" ? w[name]() : w[name])
      .then(said => said !== false, () => false);
    const post = what => soon(() => fetch(to + what, {
      method: "POST", credentials: "omit", referrerPolicy: "no-referrer", keepalive: true,
      signal: AbortSignal.timeout && AbortSignal.timeout(9000)
    })).then(answer => answer.status, () => 0);
    const next = (step, wait) => status => { // 410: the recording is over
      if (status === 204) setTimeout(alive, every);
      else if (status !== 410) setTimeout(step, wait);
    };
    const alive = () => is("reelkeeperAlive").then(well => well && post("/alive"))
      .then(next(alive, every));
    const ready = () => post("/ready").then(next(ready, 2000));
    const loaded = () => is("reelkeeperReady").then(yes => {
      if (!yes) return setTimeout(loaded, 1000);
      try { w.navigator.notifyReady(); } catch (e) {} // Agora's readyTimeout
      ready();
    });
    if (w.document.readyState === "complete") loaded();
    else w.addEventListener("load", loaded);
  } catch (e) {}
})(window);
