/* The service worker of a workspace: pages and parts that were read are kept and shown when there is no network. What is
   written never passes through here (offline-queue.js keeps it). Kept pages are forgotten when somebody signs in or out. */
const PAGES = "pages-1";
const ASSETS = "assets-1";
const MOST_PAGES = 120;
const OFFLINE = "/offline/";
// Streams, downloads, sign-in pages and what is told by the minute.
const NEVER = /^\/(live|accounts|enter|dev|api|files|language|push|healthz|readyz|inbox\/unread|sw\.js)(\/|$)|\.csv$|\/(changes|begin|palette)\//;
const HASHED = /\.[0-9a-f]{8,}\.\w+$/;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(PAGES).then((cache) => cache.add(OFFLINE)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(tidy()));

async function tidy() {
  for (const name of await caches.keys()) if (name !== PAGES && name !== ASSETS) await caches.delete(name);
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method !== "GET") {
    if (/^\/accounts\/(login|logout)/.test(url.pathname)) event.waitUntil(forget());
    if (/^\/accounts\/logout/.test(url.pathname)) event.waitUntil(hush());
    return;
  }
  // Whoever comes from the public site may be somebody else.
  if (url.pathname === "/enter/") event.waitUntil(forget());
  if (url.pathname.startsWith("/static/")) event.respondWith(asset(request, url));
  else if (!NEVER.test(url.pathname) && (request.mode === "navigate" || request.headers.has("HX-Request")))
    event.respondWith(page(event, request, url));
});

async function asset(request, url) {
  const cache = await caches.open(ASSETS);
  const kept = await cache.match(request);
  if (kept && HASHED.test(url.pathname)) return kept;
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

/* A part is not the page, though they share an address. */
function keyOf(request, url) {
  if (!request.headers.has("HX-Request")) return url.href;
  const key = new URL(url);
  key.searchParams.set("__part", request.headers.get("HX-Target") ?? "");
  return key.href;
}

async function page(event, request, url) {
  const cache = await caches.open(PAGES);
  const key = keyOf(request, url);
  try {
    const answer = await fetch(request);
    if (answer.redirected && new URL(answer.url).pathname.startsWith("/accounts/login")) await forget();
    else if (/no-store/.test(answer.headers.get("Cache-Control") ?? "")) event.waitUntil(cache.delete(key));
    else if (answer.status === 200 && !answer.redirected) event.waitUntil(keep(cache, key, answer.clone()));
    else if (answer.status === 404 || answer.status === 403 || answer.status === 410) event.waitUntil(cache.delete(key));
    return answer;
  } catch (error) {
    const kept = await cache.match(key);
    if (kept) {
      tell(event.resultingClientId || event.clientId, kept.headers.get("date"));
      return kept;
    }
    if (request.mode !== "navigate") throw error;
    return cache.match(OFFLINE);
  }
}

async function keep(cache, key, answer) {
  await cache.delete(key); // so that it counts as the newest
  await cache.put(key, answer);
  const keys = (await cache.keys()).filter((request) => new URL(request.url).pathname !== OFFLINE);
  for (const old of keys.slice(0, Math.max(keys.length - MOST_PAGES, 0))) await cache.delete(old);
}

/* The page does not exist yet when it is answered. */
async function tell(client, date) {
  for (let tries = 0; tries < 20; tries += 1) {
    const page = await self.clients.get(client);
    if (page) {
      page.postMessage({ type: "kept", date });
      if (tries) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

async function forget() {
  const cache = await caches.open(PAGES);
  for (const request of await cache.keys()) if (new URL(request.url).pathname !== OFFLINE) await cache.delete(request);
}

/* Who has signed out is told nothing more in this browser; the service then says that the address is gone. */
async function hush() {
  const subscription = await self.registration.pushManager?.getSubscription();
  await subscription?.unsubscribe();
}

self.addEventListener("message", (event) => {
  if (event.data?.type === "forget") event.waitUntil(forget());
});

self.addEventListener("push", (event) => {
  const { title, body, url, tag, silent } = event.data.json();
  const shown = { body, tag, silent, data: { url }, icon: "/static/brand/app-192.png", renotify: Boolean(tag) && !silent };
  event.waitUntil(self.registration.showNotification(title, shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(new URL(event.notification.data.url, location.origin)));
});

async function open(url) {
  if (url.origin !== location.origin) return;
  const windows = await self.clients.matchAll({ type: "window" });
  const shown = windows.find((client) => client.visibilityState === "visible") ?? windows[0];
  if (!shown) return self.clients.openWindow(url.href);
  await shown.focus();
  await shown.navigate(url.href);
}
