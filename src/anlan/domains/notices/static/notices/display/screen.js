// A display's page: shows notices in turns, else its own text; says every few seconds what it shows. Plain JavaScript of
// 2012, served as it stands: the browsers inside LED players are old. Without a network it goes on by its own clock, shows
// nothing past its time, and falls back to its own text.
(function () {
  "use strict";
  var body = document.body;
  var box = document.getElementById("lines");
  var offline = document.getElementById("offline");
  var shown = JSON.parse(document.getElementById("shown").textContent);
  var beatMs = Number(body.getAttribute("data-beat"));
  var turnMs = Number(body.getAttribute("data-turn"));
  var ahead = Number(body.getAttribute("data-now")) - Date.now(); // the player's own clock may be years off
  var address = body.getAttribute("data-heartbeat");
  var LATE_MS = 60000;
  var at = 0;
  var drawn = "";
  var painted = {};
  var heardAt = Date.now();
  var waiting = false;

  function now() {
    return Date.now() + ahead;
  }

  function current() {
    var frames = [];
    for (var i = 0; i < shown.frames.length; i++) {
      if (shown.frames[i].until_ms > now()) frames.push(shown.frames[i]);
    }
    return frames.length ? frames : shown.fallback;
  }

  function fit() {
    var signs = Number(body.getAttribute("data-signs"));
    var lines = Number(body.getAttribute("data-lines"));
    var size = Math.min((window.innerWidth * 0.94) / signs, (window.innerHeight * 0.94) / (lines * 1.3));
    box.style.fontSize = Math.floor(size) + "px";
    var high = box.offsetHeight;
    box.style.marginTop = Math.max(0, Math.floor((window.innerHeight - high) / 2)) + "px";
  }

  function draw() {
    var frames = current();
    var frame = frames[at % frames.length];
    var key = frame.number + "|" + frame.language + "|" + frame.lines.join("\n");
    if (key !== drawn) {
      while (box.firstChild) box.removeChild(box.firstChild);
      for (var i = 0; i < frame.lines.length; i++) {
        var line = document.createElement("p");
        line.appendChild(document.createTextNode(frame.lines[i]));
        box.appendChild(line);
      }
      box.className = frame.number ? "is-notice" : "";
      box.setAttribute("lang", frame.language === "en" ? "en" : "zh-Hans");
      drawn = key;
      fit();
    }
    if (frame.number && !painted[frame.number]) {
      painted[frame.number] = true;
      beat(); // its receipt, at once
    }
    offline.hidden = Date.now() - heardAt < LATE_MS;
  }

  function turn() {
    at = (at + 1) % 5040; // divisible by every number of frames that may take turns
    draw();
  }

  function named(frames) {
    var numbers = [];
    for (var i = 0; i < frames.length; i++) numbers.push(frames[i].number);
    return numbers.join();
  }

  function hear(answer) {
    heardAt = Date.now();
    ahead = answer.now_ms - Date.now();
    if (named(answer.frames) !== named(shown.frames)) at = 0; // what is new has the first turn, in Chinese
    shown = answer;
    var still = {};
    for (var i = 0; i < answer.frames.length; i++) {
      if (painted[answer.frames[i].number]) still[answer.frames[i].number] = true;
    }
    painted = still;
    draw();
  }

  function beat() {
    if (waiting) return;
    waiting = true;
    var numbers = [];
    for (var number in painted) if (Object.prototype.hasOwnProperty.call(painted, number)) numbers.push(number);
    var asked = new XMLHttpRequest();
    asked.open("POST", address, true);
    asked.timeout = 8000;
    asked.setRequestHeader("Content-Type", "application/json");
    asked.onreadystatechange = function () {
      if (asked.readyState !== 4) return;
      waiting = false;
      if (asked.status === 200) {
        try {
          hear(JSON.parse(asked.responseText));
        } catch (error) {
          draw();
        }
      } else draw();
    };
    asked.send(JSON.stringify({ shown: numbers }));
  }

  window.onresize = fit;
  draw();
  fit();
  beat();
  setInterval(beat, beatMs);
  setInterval(turn, turnMs);
  setInterval(draw, 1000);
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/display/keep.js", { scope: "/display/" });
})();
