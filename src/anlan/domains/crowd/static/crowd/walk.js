// On the round: the position goes along with a check-in only where the person has ticked it, asked for at that moment.

const WAIT_MS = 8000;
const choice = document.getElementById("with-position");
const box = choice?.querySelector("input");

if (choice && navigator.geolocation && window.isSecureContext) choice.hidden = false;

function askPosition() {
  const options = { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: 30_000 };
  return new Promise((resolve) => navigator.geolocation.getCurrentPosition(resolve, () => resolve(null), options));
}

for (const form of document.querySelectorAll("form.check-in")) {
  form.addEventListener("submit", async (submitted) => {
    if (!box?.checked || form.dataset.asked) return;
    submitted.preventDefault();
    form.dataset.asked = "1";
    form.querySelector("button").disabled = true;
    const found = await askPosition();
    if (found) {
      form.elements.lon.value = found.coords.longitude;
      form.elements.lat.value = found.coords.latitude;
    }
    form.submit();
  });
}
