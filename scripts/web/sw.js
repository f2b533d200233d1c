// SPDX-License-Identifier: MIT
// The page without a network, after its first visit: everything that `make page` wrote, of one
// build.
// BUILD and FILES are put in by build_page.py.
const BUILD = "@BUILD@";
const FILES = ["@FILES@"];
const PREFIX = "flashlab-";

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(PREFIX + BUILD);
    await cache.addAll(FILES.map((file) => new Request(file, { cache: "no-cache" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys())
      .filter((name) => name.startsWith(PREFIX) && name !== PREFIX + BUILD);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

// A build's files belong together: what one build's page asks for is answered from the same build.
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) {
    return;
  }
  event.respondWith((async () => {
    const cache = await caches.open(PREFIX + BUILD);
    return (await cache.match(event.request, { ignoreSearch: true })) ?? fetch(event.request);
  })());
});
