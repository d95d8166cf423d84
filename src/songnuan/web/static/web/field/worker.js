// The service worker of the field app; VERSION and FILES (SHA-256 by address) are put before this.
//
// It holds one version of the shell as a whole. A newer one is fetched beside it, proved file by file, and takes
// over only when the app asks for it or is opened anew. What is not of the shell goes to the network as ever.

const PREFIX = "songnuan-field-";
const CACHE = PREFIX + VERSION;

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const fetched = async (cache, address, digest) => {
  const answer = await fetch(address, { cache: "no-store", credentials: "same-origin", redirect: "error" });
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  const body = await answer.arrayBuffer();
  if (hex(await crypto.subtle.digest("SHA-256", body)) !== digest) throw new Error(`${address} is of another version`);
  const headers = new Headers({ "Content-Type": answer.headers.get("Content-Type") });
  const policy = answer.headers.get("Content-Security-Policy");
  if (policy) headers.set("Content-Security-Policy", policy);
  await cache.put(address, new Response(body, { headers }));
};

const install = async () => {
  await caches.delete(CACHE);
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(Object.entries(FILES).map(([address, digest]) => fetched(cache, address, digest)));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
};

const activate = async () => {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
};

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", ({ data }) => data === "take over" && self.skipWaiting());

const kept = async (request, path) => {
  const found = await (await caches.open(CACHE)).match(path, { ignoreVary: true });
  return found ?? fetch(request);
};

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin || !(pathname in FILES)) return;
  event.respondWith(kept(event.request, pathname));
});
