// Where this device is: asked only when it is needed, remembered for two minutes, never tracked.

const FRESH_MS = 120_000;
const PATIENCE_MS = 8000;

let known = null;

/** {lon, lat, accuracy_m} in WGS-84, or null where the person or the device gives none. */
export function locate() {
  if (known && Date.now() - known.at_ms < FRESH_MS) return Promise.resolve(known);
  if (!navigator.geolocation) return Promise.resolve(null);
  return new Promise((resolve) => {
    const take = ({ coords }) => {
      known = { lon: round(coords.longitude), lat: round(coords.latitude), accuracy_m: Math.round(coords.accuracy), at_ms: Date.now() };
      resolve(known);
    };
    navigator.geolocation.getCurrentPosition(take, () => resolve(null), { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: FRESH_MS });
  });
}

/** The last known position, without asking. */
export const lastKnown = () => (known && Date.now() - known.at_ms < FRESH_MS ? known : null);

const round = (degrees) => Math.round(degrees * 1e6) / 1e6; // a tenth of a metre
