// Signs in with the token of a link, and keeps an open board current.
"use strict";

const page = document.body.dataset;
const byId = (id) => document.getElementById(id);

// A link carries its token behind the #, which browsers send to nobody.
const linked = /^#credential=(.+)$/.exec(location.hash);
if (linked) {
  const field = byId("credential");
  if (field) {
    history.replaceState(null, "", location.pathname);
    field.value = decodeURIComponent(linked[1]);
    field.form.submit();
  } else {
    location.replace(`${page.board}/sign-in${location.hash}`);
  }
} else if (page.events) {
  watch();
}

function watch() {
  const state = byId("state");
  const banner = byId("banner");
  let heard = Date.now();
  let source = null;
  let seen = null;
  let wait = 1000;
  let leaving = false;

  function show(name) {
    if (state.dataset.state !== name) {
      state.dataset.state = name;
      state.textContent = page[name];
    }
    tellAge();
  }

  function tellAge() {
    const live = state.dataset.state === "live";
    banner.hidden = live || Date.now() - heard < 4000;
    if (!banner.hidden) {
      const time = byId("clock").textContent;
      const old = page.old.replace("{time}", time).replace("{age}", age());
      banner.textContent = `${page[state.dataset.state] || page.lost} · ${time === "—" ? page.none : old}`;
    }
  }

  function age() {
    const [seconds, minutes, hours] = page.units.split(",");
    const passed = Math.round((Date.now() - heard) / 1000);
    if (passed < 60) return `${passed} ${seconds}`;
    return passed < 3600 ? `${Math.floor(passed / 60)} ${minutes}` : `${Math.floor(passed / 3600)} ${hours}`;
  }

  function current(news) {
    heard = Date.now();
    wait = 1000;
    byId("clock").textContent = news.clock;
    show("live");
  }

  // A page of another release loads itself anew, once. While releases change either may answer, so
  // it waits, and not all boards come at the same moment.
  function compare(news) {
    if (leaving || news.release === page.release) return;
    leaving = true;
    setTimeout(() => location.reload(), 5000 + Math.random() * 25000);
  }

  function open() {
    const address = new URL(page.events, location.href);
    if (seen) address.searchParams.set("seen", seen);
    source = new EventSource(address);
    source.addEventListener("figures", (event) => {
      const news = JSON.parse(event.data);
      compare(news);
      for (const [name, html] of Object.entries(news.sections)) {
        const section = byId(`s-${name}`);
        // Another release may have sections that this page has no place for.
        if (section) section.outerHTML = html;
      }
      seen = event.lastEventId;
      current(news);
    });
    source.addEventListener("current", (event) => {
      const news = JSON.parse(event.data);
      compare(news);
      current(news);
    });
    source.addEventListener("problem", () => show("away"));
    source.addEventListener("ended", (event) => {
      source.close();
      location.replace(`${page.board}/sign-in?reason=${JSON.parse(event.data).reason}`);
    });
    source.onerror = () => {
      show("lost");
      // A browser tries again by itself unless it was answered with an error.
      if (source.readyState === EventSource.CLOSED) setTimeout(ask, (wait = Math.min(wait * 2, 30000)));
    };
  }

  // Signed out, or away for a moment? The page itself tells.
  async function ask() {
    try {
      const answer = await fetch(location.href, { redirect: "manual" });
      if (answer.type === "opaqueredirect") return location.reload();
    } catch {
      // Nobody answers: the next try tells.
    }
    open();
  }

  if (state.dataset.state === "static") show("connecting");
  setInterval(tellAge, 1000);
  open();
}
