// Keeps a display's page, so that a player that starts again without a network still shows its own text.
"use strict";
var KEPT = "anlan-display-1";
self.addEventListener("activate", function (event) {
  event.waitUntil(self.clients.claim());
});
self.addEventListener("fetch", function (event) {
  var asked = event.request;
  if (asked.method !== "GET") return;
  event.respondWith(
    fetch(asked)
      .then(function (answer) {
        if (answer.ok) {
          var copy = answer.clone();
          caches.open(KEPT).then(function (kept) {
            kept.put(asked, copy);
          });
        }
        return answer;
      })
      .catch(function () {
        return caches.match(asked).then(function (found) {
          return found || Response.error();
        });
      }),
  );
});
